/**
 * Publishes committed changes. Nothing is lost if publishing fails: the feeds and the comparison find events and
 * versions in the database, and clients read a lost receipt with their next query.
 */
import type { PubSub } from '../pubsub/pubsub.ts';
import { encodeHint } from '../viewer-state/viewer-hint.ts';
import type { ChatTransaction } from './chat-transaction.ts';
import {
  encodeJoined,
  encodePresence,
  encodePublished,
  encodeReceipt,
  type PresenceHint,
  type Published,
  type ReceiptNotice,
} from './wire-format.ts';

interface Also {
  /** The id of the request whose mutation made the events. */
  requestId?: string | undefined;
  /** Memberships that begin with the events. */
  joinings?: ChatTransaction['joinings'];
}

export function createPublisher(pubsub: PubSub) {
  /**
   * Tells the servers that watch the user's presence, or have the user's own sights, that permissions have to be read
   * again.
   */
  const presence = (userId: string, hint: PresenceHint) => pubsub.publish(`presence:${userId}`, encodePresence(hint));

  return {
    presence,

    events(chatId: string, events: readonly Published[], { requestId, joinings = [] }: Also = {}): void {
      for (const published of events) {
        const traced = requestId === undefined ? published : { ...published, requestId };
        pubsub.publish(`chat:${chatId}`, encodePublished(traced));
        const { event } = published;
        if (event.type === 'MEMBER_REMOVED') presence(event.userId, { left: chatId });
      }
      for (const { userId, position } of joinings) pubsub.publish(`user:${userId}`, encodeJoined({ chatId, position }));
    },

    versions(versions: ReadonlyMap<string, number>): void {
      for (const [userId, version] of versions) pubsub.publish(`viewer:${userId}`, encodeHint({ version }));
    },

    /** Only for chats whose members see receipts. */
    receipts(receipts: readonly (ReceiptNotice & { chatId: string })[]): void {
      for (const { chatId, ...notice } of receipts) pubsub.publish(`ephemeral:${chatId}`, encodeReceipt(notice));
    },
  };
}
