-- parley: compatible
-- CreateEnum
CREATE TYPE "contact_permission" AS ENUM ('EVERYONE', 'SHARED_CHAT');

-- AlterTable
ALTER TABLE "viewer_settings" ADD COLUMN     "who_may_contact" "contact_permission" NOT NULL DEFAULT 'EVERYONE';
