// The contents of items that may be lost and are not repeated.

/** The positions up to which a member has read, and up to which messages have been delivered to them. */
export interface ReceiptRise {
  userId: string;
  position: number;
  delivered: number;
}

/** The users who type in a chat. */
export interface Typing {
  /** The first of them, in the order in which they began to type. */
  userIds: readonly string[];
  userCount: number;
  /** Milliseconds after which nobody types, unless another item comes first. */
  expiresInMs: number;
}

/** Whether a user is online, as one viewer sees it. */
export interface Presence {
  status: 'ONLINE' | 'IDLE' | 'OFFLINE' | 'UNKNOWN';
  /** The time in whole minutes, only for a user who is offline. */
  lastSeenAt: Date | null;
}
