import type { ChatSummaryFragment } from '../gql/graphql.ts';
import { stored, useStored } from '../stored.ts';

/** Up to which position this browser has shown each chat. What is older than its first visit counts as read. */
interface Seen {
  since: string;
  positions: Record<string, number>;
}

function parse(text: string | null): Seen {
  try {
    const value: unknown = JSON.parse(text ?? '');
    if (typeof value === 'object' && value !== null && 'since' in value && 'positions' in value) return value as Seen;
  } catch {
    // Nothing stored yet, or not by this version.
  }
  return { since: new Date().toISOString(), positions: {} };
}

const seen = stored<Seen>('seen', parse, JSON.stringify);

export function markSeen(chatId: string, position: number): void {
  const { since, positions } = seen.get();
  if ((positions[chatId] ?? 0) < position) seen.set({ since, positions: { ...positions, [chatId]: position } });
}

export function useIsUnread(chat: ChatSummaryFragment, viewerId: string): boolean {
  const { since, positions } = useStored(seen);
  const last = chat.lastMessage;
  if (!last || last.author.id === viewerId) return false;
  return last.createdAt > since && last.position > (positions[chat.id] ?? 0);
}
