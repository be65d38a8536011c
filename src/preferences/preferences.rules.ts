import type { NotificationLevel, ViewerChatState, ViewerSettings } from '../database/generated/client.ts';
import { InvalidInputError } from '../errors.ts';
import { limits } from '../limits.ts';

/** How a user keeps a chat, as it is stored. */
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

/** What is absent stays. */
export interface PreferencesChange {
  isArchived?: boolean | null | undefined;
  isPinned?: boolean | null | undefined;
  isHidden?: boolean | null | undefined;
  /** Null for the default of the settings. */
  notifications?: NotificationLevel | null | undefined;
  isMuted?: boolean | null | undefined;
  /** Null: until it is changed. */
  mutedUntil?: Date | null | undefined;
}

/** When something is decided, and the chat's latest activity then. */
interface Moment {
  now: Date;
  lastActivityAt: Date;
}

/** What is set already keeps its time, so that setting it again changes nothing. */
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

/** Of whoever never changed any. */
export const settingsByDefault: Settings = {
  version: 0,
  defaultNotifications: 'ALL',
  sendsReadReceipts: true,
  sharesPresence: true,
};

/** What is absent stays. */
export type SettingsChange = { [K in Exclude<keyof Settings, 'version'>]?: Settings[K] | null | undefined };

/** The settings with the change; those before where it changes nothing. */
export function changeSettings(before: Settings, change: SettingsChange): Settings {
  const given = Object.entries(change).filter(
    ([name, value]) => value != null && value !== before[name as keyof Settings],
  );
  return given.length === 0 ? before : { ...before, ...Object.fromEntries(given) };
}
