-- parley: compatible
-- AlterTable
ALTER TABLE "deployment" ADD COLUMN     "timeline" INTEGER;
