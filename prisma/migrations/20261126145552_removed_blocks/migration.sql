-- parley: compatible
-- CreateIndex
CREATE INDEX "block_removed_at_idx" ON "block"("removed_at") WHERE (removed_at IS NOT NULL);
