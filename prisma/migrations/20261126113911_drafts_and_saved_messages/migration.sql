-- parley: compatible
-- CreateTable
CREATE TABLE "draft" (
    "user_id" UUID NOT NULL,
    "chat_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "content" TEXT,
    "reply_to_id" UUID,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "draft_pkey" PRIMARY KEY ("user_id","chat_id")
);

-- CreateTable
CREATE TABLE "saved_message" (
    "user_id" UUID NOT NULL,
    "message_id" UUID NOT NULL,
    "chat_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "note" TEXT,
    "saved_at" TIMESTAMPTZ(3) NOT NULL,
    "removed_at" TIMESTAMPTZ(3),

    CONSTRAINT "saved_message_pkey" PRIMARY KEY ("user_id","message_id")
);

-- CreateIndex
CREATE INDEX "draft_chat_id_idx" ON "draft"("chat_id");

-- CreateIndex
CREATE INDEX "draft_updated_at_idx" ON "draft"("updated_at") WHERE (content IS NULL);

-- CreateIndex
CREATE INDEX "saved_message_removed_at_idx" ON "saved_message"("removed_at") WHERE (removed_at IS NOT NULL);

-- AddForeignKey
ALTER TABLE "draft" ADD CONSTRAINT "draft_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "draft" ADD CONSTRAINT "draft_chat_id_fkey" FOREIGN KEY ("chat_id") REFERENCES "chat"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "saved_message" ADD CONSTRAINT "saved_message_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;
