import type { Message } from '../database/generated/client.ts';
import { limits } from '../limits.ts';

/** How far a member has read a chat, and received it on a device, as other members see it. */
export interface ShownReceipt {
  userId: string;
  readPosition: number;
  deliveredPosition: number;
}

export interface Receipt extends ShownReceipt {
  chatId: string;
  joinedPosition: number;
}

export type MessageStatus = 'SENT' | 'DELIVERED' | 'READ';

/** The columns of a message that its status needs; they never change. */
export type MessagePlace = Pick<Message, 'id' | 'chatId' | 'authorId' | 'position'>;

/**
 * The status of a message by the receipts of all present members; null if the chat has none. Members who joined before
 * the message count. If none of them is left, the message is READ.
 */
export function messageStatus(
  { authorId, position }: MessagePlace,
  receipts: readonly Receipt[] | null,
): MessageStatus {
  if (!receipts) return 'SENT';
  const recipients = receipts.filter(({ userId, joinedPosition }) => userId !== authorId && joinedPosition < position);
  if (recipients.every(({ readPosition }) => readPosition >= position)) return 'READ';
  const isSmall = receipts.length <= limits.deliveryReceiptMembers;
  return isSmall && recipients.every(({ deliveredPosition }) => deliveredPosition >= position) ? 'DELIVERED' : 'SENT';
}
