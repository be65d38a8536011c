import type { StreamItemLike } from '../events/items.ts';

/** What an adapter reads of an item, to put it where it belongs. */
export interface AppliedItem extends StreamItemLike {
  message?: AppliedMessage;
  chat?: object;
}

export interface AppliedMessage {
  __typename?: string;
  id: string;
  chatId: string;
  authorId: string;
  type?: string;
  content?: string | null;
  replyToId?: string | null;
  createdAt?: string;
  position: number;
}
