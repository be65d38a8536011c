import type { NotificationLevel, ViewerChatState, ViewerSettings } from '../database/generated/client.ts';
import { InvalidInputError } from '../errors.ts';
import { limits } from '../limits.ts';

/** The columns that hold a user's preferences for a chat. */
export type Kept = Pick<
  ViewerChatState,
  'notifications' | 'isMuted' | 'mutedUntil' | 'archivedAt' | 'pinnedAt' | 'hiddenAt'
>;

export const keptByDefault: Kept = {
  notifications: null,
  isMuted: false,
  mutedUntil: null,
  archivedAt: null,
  pinnedAt: null,
  hiddenAt: null,
};

/** A change of a user's preferences for a chat. Absent fields keep their value. */
export interface PreferencesChange {
  isArchived?: boolean | null | undefined;
  isPinned?: boolean | null | undefined;
  isHidden?: boolean | null | undefined;
  /** Null stands for the default of the settings. */
  notifications?: NotificationLevel | null | undefined;
  isMuted?: boolean | null | undefined;
  /** With null the chat is muted until that is changed. */
  mutedUntil?: Date | null | undefined;
}

/** The time of a change, and of the chat's latest activity at that time. */
interface Moment {
  now: Date;
  lastActivityAt: Date;
}

/**
 * The columns after a change. A preference that is set already keeps its time, so that setting it again changes
 * nothing.
 */
export function keep(before: Kept, change: PreferencesChange, { now, lastActivityAt }: Moment): Kept {
  const since = (wanted: boolean | null | undefined, known: Date | null) =>
    wanted == null ? known : wanted ? (known ?? now) : null;
  const isHiddenNow = before.hiddenAt !== null && before.hiddenAt >= lastActivityAt;
  return {
    notifications: change.notifications === undefined ? before.notifications : change.notifications,
    ...mute(before, change, now),
    archivedAt: since(change.isArchived, before.archivedAt),
    pinnedAt: since(change.isPinned, before.pinnedAt),
    hiddenAt: change.isHidden && !isHiddenNow ? now : since(change.isHidden, before.hiddenAt),
  };
}

function mute(before: Kept, { isMuted, mutedUntil }: PreferencesChange, now: Date) {
  if (mutedUntil !== undefined && isMuted !== true) throw new InvalidInputError('mutedUntil', 'needs `isMuted: true`');
  if (mutedUntil && mutedUntil <= now) throw new InvalidInputError('mutedUntil', 'must be in the future');
  if (isMuted == null) return { isMuted: before.isMuted, mutedUntil: before.mutedUntil };
  if (!isMuted) return { isMuted, mutedUntil: null };
  const known = before.mutedUntil !== null && before.mutedUntil > now ? before.mutedUntil : null;
  return { isMuted, mutedUntil: mutedUntil === undefined ? known : mutedUntil };
}

export function requireRoomToPin(pinned: number): void {
  if (pinned < limits.pinnedChats) return;
  throw new InvalidInputError('isPinned', `at most ${limits.pinnedChats} chats are pinned: unpin another one first`);
}

export type Settings = Omit<ViewerSettings, 'userId'>;

/** The settings of a user who has never changed any. */
export const settingsByDefault: Settings = {
  version: 0,
  defaultNotifications: 'ALL',
  sendsReadReceipts: true,
  sharesPresence: true,
  whoMayContact: 'EVERYONE',
};

/** A change of a user's settings. Absent fields keep their value. */
export type SettingsChange = { [K in Exclude<keyof Settings, 'version'>]?: Settings[K] | null | undefined };

/** The settings after the change. It is the same object if nothing changes. */
export function changeSettings(before: Settings, change: SettingsChange): Settings {
  const given = Object.entries(change).filter(
    ([name, value]) => value != null && value !== before[name as keyof Settings],
  );
  return given.length === 0 ? before : { ...before, ...Object.fromEntries(given) };
}
