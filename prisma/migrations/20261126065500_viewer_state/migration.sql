-- parley: compatible
-- CreateEnum
CREATE TYPE "notification_level" AS ENUM ('ALL', 'MENTIONS', 'NONE');

-- AlterTable
ALTER TABLE "chat" ADD COLUMN     "unread_from" INTEGER NOT NULL DEFAULT 0;

-- What was there before has been read, or is nobody's news any more.
UPDATE "chat" SET "unread_from" = "position";

-- CreateTable
CREATE TABLE "viewer_version" (
    "user_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "floor" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "viewer_version_pkey" PRIMARY KEY ("user_id")
) WITH (fillfactor = 80);

-- CreateTable
CREATE TABLE "viewer_chat_state" (
    "user_id" UUID NOT NULL,
    "chat_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "read_position" INTEGER NOT NULL DEFAULT 0,
    "receipt_position" INTEGER NOT NULL DEFAULT 0,
    "delivered_position" INTEGER NOT NULL DEFAULT 0,
    "is_marked_unread" BOOLEAN NOT NULL DEFAULT false,
    "notifications" "notification_level",
    "is_muted" BOOLEAN NOT NULL DEFAULT false,
    "muted_until" TIMESTAMPTZ(3),
    "archived_at" TIMESTAMPTZ(3),
    "pinned_at" TIMESTAMPTZ(3),
    "hidden_at" TIMESTAMPTZ(3),

    CONSTRAINT "viewer_chat_state_pkey" PRIMARY KEY ("user_id","chat_id")
) WITH (fillfactor = 80);

-- CreateIndex
CREATE INDEX "viewer_chat_state_chat_id_idx" ON "viewer_chat_state"("chat_id");

-- AddForeignKey
ALTER TABLE "viewer_version" ADD CONSTRAINT "viewer_version_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "viewer_chat_state" ADD CONSTRAINT "viewer_chat_state_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "viewer_chat_state" ADD CONSTRAINT "viewer_chat_state_chat_id_fkey" FOREIGN KEY ("chat_id") REFERENCES "chat"("id") ON DELETE CASCADE ON UPDATE CASCADE;
