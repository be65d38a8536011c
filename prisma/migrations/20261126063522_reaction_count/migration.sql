-- CreateTable
CREATE TABLE "reaction_count" (
    "message_id" UUID NOT NULL,
    "emoji" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,

    CONSTRAINT "reaction_count_pkey" PRIMARY KEY ("message_id","emoji")
);

-- CreateIndex
CREATE INDEX "reaction_message_id_emoji_position_idx" ON "reaction"("message_id", "emoji", "position");

-- CreateIndex
CREATE INDEX "reaction_message_id_position_idx" ON "reaction"("message_id", "position");

-- AddForeignKey
ALTER TABLE "reaction_count" ADD CONSTRAINT "reaction_count_message_id_fkey" FOREIGN KEY ("message_id") REFERENCES "message"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What was counted until now.
INSERT INTO "reaction_count" ("message_id", "emoji", "count", "position")
SELECT "message_id", "emoji", count(*)::int, min("position") FROM "reaction" GROUP BY "message_id", "emoji";
