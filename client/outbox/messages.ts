export interface MessageInput {
  chatId: string;
  type?: 'TEXT' | 'IMAGE' | 'FILE';
  content?: string | null;
  payload?: unknown;
  replyToId?: string | null;
}

/** As documents declare it: generators write enums and scalars in ways of their own. */
export type DocumentInput = Omit<MessageInput, 'type' | 'payload'> & { type?: never; payload?: never };

/** A message that is not in its chat yet. */
export interface OutgoingMessage {
  /** Its Idempotency-Key, and the key to render it by. */
  readonly key: string;
  readonly state: 'sending' | 'failed';
  /** Of a failed one: a refusal by the server, or `NETWORK`. */
  readonly error: { code: string; message: string } | null;
  readonly createdAt: string;
  readonly input: MessageInput;
  /** The message that it has become. The bubble goes in the next moment; where that message is shown, it is hidden. */
  readonly messageId: string | null;
  /** How it was first sent, and is whenever it is sent again; null before that. */
  readonly sentAs: SentAs | null;
}

/** What the server tells one sending from another by: the request's `Idempotency-Key`, and the field's name in it. */
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

/** What became of one sending. A throw means that it is not known. */
export type SendResult =
  { ok: true; messageId: string; position?: number } | { ok: false; error: { code: string; message: string } };

/** Sends messages of one chat in one request, in this order, and answers what became of each. */
export type Send = (
  messages: readonly { readonly name: string; readonly input: MessageInput }[],
  key: string,
) => Promise<readonly SendResult[]>;
