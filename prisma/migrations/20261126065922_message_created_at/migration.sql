-- CreateIndex
CREATE INDEX "message_chat_id_created_at_idx" ON "message"("chat_id", "created_at");
