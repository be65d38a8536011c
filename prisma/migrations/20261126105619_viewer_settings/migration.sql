-- parley: compatible
-- CreateTable
CREATE TABLE "viewer_settings" (
    "user_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "default_notifications" "notification_level" NOT NULL DEFAULT 'ALL',
    "sends_read_receipts" BOOLEAN NOT NULL DEFAULT true,
    "shares_presence" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "viewer_settings_pkey" PRIMARY KEY ("user_id")
);

-- AddForeignKey
ALTER TABLE "viewer_settings" ADD CONSTRAINT "viewer_settings_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;
