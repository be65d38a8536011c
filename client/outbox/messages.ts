export interface MessageInput {
  chatId: string;
  type?: 'TEXT' | 'IMAGE' | 'FILE';
  content?: string | null;
  payload?: unknown;
  replyToId?: string | null;
  /** The users whom it mentions, at most 50. */
  mentionedUserIds?: string[];
  mentionsEveryone?: boolean;
}

/** The input as documents declare it. Code generators write enums and scalars in different ways. */
export type DocumentInput = Omit<MessageInput, 'type' | 'payload'> & { type?: never; payload?: never };

/** A message that has not appeared in its chat yet. */
export interface OutgoingMessage {
  /** Its Idempotency-Key. Use it also as the key for rendering. */
  readonly key: string;
  readonly state: 'sending' | 'failed';
  /** The error of a failed message: a refusal by the server, or `NETWORK`. */
  readonly error: { code: string; message: string } | null;
  readonly createdAt: string;
  readonly input: MessageInput;
  /**
   * The id of the stored message. The bubble is removed a moment later; it is hidden where that message is already
   * shown.
   */
  readonly messageId: string | null;
  /** How it was first sent. It is sent in the same way again; null if it was never sent. */
  readonly sentAs: SentAs | null;
}

/** Identifies a sending for the server: the request's `Idempotency-Key`, and the field's name in it. */
export interface SentAs {
  readonly key: string;
  readonly name: string;
}

export interface SentMessage {
  id: string;
  chatId: string;
  authorId: string;
  type?: string;
  content?: string | null;
  replyToId?: string | null;
}

/** The result of sending one message. If sending throws, the result is unknown. */
export type SendResult =
  { ok: true; messageId: string; position?: number } | { ok: false; error: { code: string; message: string } };

/** Sends messages of one chat in one request, in this order, and returns the result of each. */
export type Send = (
  messages: readonly { readonly name: string; readonly input: MessageInput }[],
  key: string,
) => Promise<readonly SendResult[]>;
