-- parley: compatible
-- AlterTable
ALTER TABLE "message" ADD COLUMN     "mentions_everyone" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "mention" (
    "message_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "chat_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "mention_pkey" PRIMARY KEY ("message_id","user_id")
);

-- CreateIndex
CREATE INDEX "mention_user_id_chat_id_position_idx" ON "mention"("user_id", "chat_id", "position");

-- CreateIndex
CREATE INDEX "mention_user_id_created_at_message_id_idx" ON "mention"("user_id", "created_at", "message_id");

-- CreateIndex
CREATE INDEX "message_mentions_everyone_idx" ON "message"("chat_id", "position") WHERE (mentions_everyone);

-- AddForeignKey
ALTER TABLE "mention" ADD CONSTRAINT "mention_message_id_fkey" FOREIGN KEY ("message_id") REFERENCES "message"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "mention" ADD CONSTRAINT "mention_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
