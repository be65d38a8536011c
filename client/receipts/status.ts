/** How far a member has read and received a chat, as other members see it. */
export interface ReadReceipt {
  readonly userId: string;
  readonly user: ReceiptUser;
  /** Messages up to this position have been delivered to a device; 0 for none. */
  readonly deliveredPosition: number;
  /** Messages up to this position have been read; 0 for none. */
  readonly readPosition: number;
}

interface ReceiptUser {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
}

export type MessageStatus = 'SENT' | 'DELIVERED' | 'READ';

const RANKS: readonly unknown[] = ['SENT', 'DELIVERED', 'READ'];

/** A status never goes back, so the higher of two is right. */
export const higherStatus = <Status>(one: Status, other: Status): Status =>
  RANKS.indexOf(other) > RANKS.indexOf(one) ? other : one;

/** Positions only rise, so of two receipts of a member the higher positions are right. */
export const mergeReceipts = (one: ReadReceipt | undefined, other: ReadReceipt): ReadReceipt => ({
  ...other,
  deliveredPosition: Math.max(one?.deliveredPosition ?? 0, other.deliveredPosition),
  readPosition: Math.max(one?.readPosition ?? 0, other.readPosition),
});

interface StatusMessage {
  readonly authorId: string;
  readonly position: number;
  readonly status?: MessageStatus;
}

/** The members who have read the message. */
export const readersOf = ({ authorId, position }: StatusMessage, receipts: readonly ReadReceipt[]): ReadReceipt[] =>
  receipts.filter(({ userId, readPosition }) => userId !== authorId && readPosition >= position);

/**
 * The status of a message according to the receipts of its chat. It is not lower than the status that was shown with
 * it.
 */
export function messageStatus(message: StatusMessage, receipts: readonly ReadReceipt[]): MessageStatus {
  const { authorId, position, status = 'SENT' } = message;
  const others = receipts.filter(({ userId }) => userId !== authorId);
  const reached = (at: (receipt: ReadReceipt) => number) =>
    others.length > 0 && others.every((receipt) => at(receipt) >= position);
  if (reached((it) => it.readPosition)) return 'READ';
  if (reached((it) => Math.max(it.readPosition, it.deliveredPosition))) return higherStatus('DELIVERED', status);
  return status;
}
