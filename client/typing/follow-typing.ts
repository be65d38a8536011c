import type { AppliedItem } from '../cache/applied.ts';
import type { EphemeralItem } from '../ephemeral/document.ts';
import type { EventStream } from '../events/stream.ts';
import type { Readable } from '../store.ts';
import { setTypingDocument } from './documents.ts';
import { TypingNotices } from './notices.ts';
import { TypingStores, type Typing } from './stores.ts';

/** In larger chats typing is not reported. */
const MEMBERS = 100;
/** Milliseconds after which a report that could not be sent is dropped, because it is outdated. */
const GIVE_UP_MS = 2_000;

/** The users who type. It needs a running stream. */
export interface TypingChats {
  /** The other users who type in a chat. */
  of(chatId: string): Readable<Typing>;
  /**
   * Reports that the user types in the chat. Call it at each key. It sends at most one report every 3 seconds. Typing
   * ends 6 seconds after the last report, with the user's message, and with false.
   */
  set(chatId: string, isTyping: boolean): void;
}

interface FollowTypingOptions {
  events: Pick<EventStream<unknown>, 'getSnapshot' | 'request' | 'viewerId'>;
  memberCount(chatId: string): number;
  onWatched(): void;
}

export function followTyping({ events, memberCount, onWatched }: FollowTypingOptions) {
  const stores = new TypingStores({ viewerId: () => events.viewerId(), onWatched });
  const notices = new TypingNotices(tell);

  /**
   * The report is sent over the socket of the stream, because its server knows the user's chats. It is only useful at
   * once.
   */
  function tell(chatId: string, isTyping: boolean): void {
    const ignored = () => {};
    const sink = { next: ignored, error: ignored, complete: ignored };
    const stop = events.request({ query: setTypingDocument, variables: { input: { chatId, isTyping } } }, sink);
    setTimeout(stop, GIVE_UP_MS);
  }

  return {
    own: {
      of: (chatId: string) => stores.of(chatId),
      set(chatId: string, isTyping: boolean): void {
        if (events.getSnapshot() === 'live' && memberCount(chatId) <= MEMBERS) notices.set(chatId, isTyping);
      },
    } satisfies TypingChats,
    watched: () => stores.watched(),
    changed: (item: EphemeralItem) => stores.changed(item),
    apply({ __typename, chatId, message }: AppliedItem): void {
      if (__typename !== 'MessageCreated' || chatId === undefined || message?.authorId === undefined) return;
      stores.sent(chatId, message.authorId);
      if (message.authorId === events.viewerId()) notices.sent(chatId);
    },
  };
}
