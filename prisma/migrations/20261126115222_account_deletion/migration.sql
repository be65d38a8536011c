-- parley: compatible
-- AlterTable
ALTER TABLE "user" ADD COLUMN     "deleted_at" TIMESTAMPTZ(3),
ADD COLUMN     "erased_at" TIMESTAMPTZ(3);

-- CreateIndex
CREATE INDEX "user_deleted_at_idx" ON "user"("deleted_at") WHERE (deleted_at IS NOT NULL AND erased_at IS NULL);
