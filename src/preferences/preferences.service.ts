import { isDeepStrictEqual } from 'node:util';
import type { Transaction } from '../database/clock.ts';
import { Prisma } from '../database/generated/client.ts';
import { lockUsers } from '../log/consent.ts';
import { presentMembers } from '../log/membership.ts';
import type { MutationRunner } from '../log/mutation-runner.ts';
import { openViewerChat } from '../log/open-viewer-chat.ts';
import type { ViewerChat, ViewerChatState } from '../read-state/read-state.loaders.ts';
import type { ReadStateService } from '../read-state/read-state.service.ts';
import type { ViewerTransaction } from '../viewer-state/viewer-transaction.ts';
import {
  changeSettings,
  keep,
  keptByDefault,
  requireRoomToPin,
  settingsByDefault,
  type Kept,
  type PreferencesChange,
  type Settings,
  type SettingsChange,
} from './preferences.rules.ts';

export function createPreferencesService(deps: { mutations: MutationRunner; readState: ReadStateService }) {
  const { mutations, readState } = deps;
  return {
    /** Changes the user's preferences for one of their chats. A change without effect takes no version. */
    async updateChat(key: ViewerChat, change: PreferencesChange): Promise<ViewerChatState> {
      await mutations.ofViewer(key.userId, async (own) => {
        const { chat, state, now } = await openViewerChat(own, key.chatId);
        const before = keptIn(state ?? keptByDefault);
        const after = keep(before, change, { now, lastActivityAt: chat.lastActivityAt });
        if (isDeepStrictEqual(after, before)) return;
        if (after.pinnedAt && !before.pinnedAt) requireRoomToPin(await countPinned(own));
        own.write(keepChat(own, key.chatId, after));
      });
      return readState.get(key);
    },

    async updateSettings(userId: string, change: SettingsChange): Promise<Settings> {
      let isSharingChanged = false;
      const work = async (own: ViewerTransaction) => {
        const before = (await own.tx.viewerSettings.findUnique({ where: { userId } })) ?? settingsByDefault;
        const after = changeSettings(before, change);
        if (after === before) return before;
        const settings = { ...after, version: own.nextVersion() };
        own.write(writeSettings(userId, settings));
        isSharingChanged = settings.sharesPresence !== before.sharesPresence;
        if (isSharingChanged && !settings.sharesPresence) forgetPresence(own);
        return settings;
      };
      // A transaction that creates a chat with the user holds the user's lock. So it sees the change, or the change
      // waits for it. Presence is also written under that lock.
      const before = async (tx: Transaction) => {
        if (change.whoMayContact != null || change.sharesPresence != null) await lockUsers(tx, [userId]);
      };
      const settings = await mutations.ofViewer(userId, work, before);
      if (isSharingChanged) mutations.publish.presence(userId, { isShared: settings.sharesPresence });
      return settings;
    },
  };
}

const keptIn = (row: Kept): Kept => {
  const { notifications, isMuted, mutedUntil, archivedAt, pinnedAt, hiddenAt } = row;
  return { notifications, isMuted, mutedUntil, archivedAt, pinnedAt, hiddenAt };
};

/** Counts the user's pinned chats. Chats that the user has left, or that are deleted, do not count. */
async function countPinned({ tx, userId }: ViewerTransaction): Promise<number> {
  const [{ count }] = await tx.$queryRaw<[{ count: number }]>`
    SELECT count(*)::int AS count
    FROM ${presentMembers} JOIN viewer_chat_state s ON s.user_id = m.user_id AND s.chat_id = m.chat_id
    WHERE m.user_id = ${userId}::uuid AND s.pinned_at IS NOT NULL`;
  return count;
}

const writeSettings = (userId: string, settings: Settings) => Prisma.sql`
  INSERT INTO viewer_settings (user_id, version, default_notifications, sends_read_receipts, shares_presence, who_may_contact)
  VALUES (${userId}::uuid, ${settings.version}::int, ${settings.defaultNotifications}::notification_level,
          ${settings.sendsReadReceipts}::boolean, ${settings.sharesPresence}::boolean,
          ${settings.whoMayContact}::contact_permission)
  ON CONFLICT (user_id) DO UPDATE SET
    version = excluded.version, default_notifications = excluded.default_notifications,
    sends_read_receipts = excluded.sends_read_receipts, shares_presence = excluded.shares_presence,
    who_may_contact = excluded.who_may_contact`;

/** The presence of a user who does not share it is not kept. The user must be locked. */
function forgetPresence({ userId, write }: ViewerTransaction): void {
  write(Prisma.sql`DELETE FROM presence WHERE user_id = ${userId}::uuid`);
  write(Prisma.sql`UPDATE "user" SET last_seen_at = NULL WHERE id = ${userId}::uuid`);
}

const keepChat = (own: ViewerTransaction, chatId: string, kept: Kept) => Prisma.sql`
  INSERT INTO viewer_chat_state (user_id, chat_id, version, notifications, is_muted, muted_until, archived_at, pinned_at, hidden_at)
  VALUES (${own.userId}::uuid, ${chatId}::uuid, ${own.nextVersion()}::int, ${kept.notifications}::notification_level,
          ${kept.isMuted}::boolean, ${kept.mutedUntil}::timestamptz, ${kept.archivedAt}::timestamptz,
          ${kept.pinnedAt}::timestamptz, ${kept.hiddenAt}::timestamptz)
  ON CONFLICT (user_id, chat_id) DO UPDATE SET
    version = excluded.version, notifications = excluded.notifications, is_muted = excluded.is_muted,
    muted_until = excluded.muted_until, archived_at = excluded.archived_at, pinned_at = excluded.pinned_at,
    hidden_at = excluded.hidden_at`;
