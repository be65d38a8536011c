-- parley: compatible
-- AlterTable
ALTER TABLE "user" ADD COLUMN "last_seen_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE UNLOGGED TABLE "presence" (
    "user_id" UUID NOT NULL,
    "server_id" UUID NOT NULL,
    "is_active" BOOLEAN NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "presence_pkey" PRIMARY KEY ("user_id","server_id")
);

-- AddForeignKey
ALTER TABLE "presence" ADD CONSTRAINT "presence_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;
