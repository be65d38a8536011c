import type { AppliedItem } from '../cache/applied.ts';
import type { EphemeralItem } from '../ephemeral/document.ts';
import type { EventStream } from '../events/stream.ts';
import type { Readable } from '../store.ts';
import { setTypingDocument } from './documents.ts';
import { TypingNotices } from './notices.ts';
import { TypingStores, type Typing } from './stores.ts';

/** In larger chats nobody is told. */
const MEMBERS = 100;
/** A notice that was not taken within so many milliseconds is old news. */
const GIVE_UP_MS = 2_000;

/** Who types. It needs a stream that runs. */
export interface TypingChats {
  /** The others who type in a chat. */
  of(chatId: string): Readable<Typing>;
  /**
   * The user types in the chat: to be called at each key. Others are told at most every 3 seconds; it ends by itself after 6,
   * with the user's message, and with false.
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

  /** By the socket of the stream, whose server knows the user's chats. What is not heard at once is of no use. */
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
