-- AlterTable
ALTER TABLE "chat" ADD COLUMN     "member_count" INTEGER NOT NULL DEFAULT 0;

-- What was counted until now.
UPDATE "chat" c SET "member_count" = present.count
FROM (SELECT "chat_id", count(*)::int AS count FROM "chat_member" WHERE "left_position" IS NULL GROUP BY "chat_id") AS present
WHERE present."chat_id" = c."id";
