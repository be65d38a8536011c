import { createStore, type Readable } from '../store.ts';
import { newIdempotencyKey } from '../http/idempotency.ts';

export interface MessageInput {
  chatId: string;
  type?: 'TEXT' | 'IMAGE' | 'FILE';
  content?: string | null;
  payload?: unknown;
  replyToId?: string | null;
}

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
export type SendResult = { ok: true; messageId: string } | { ok: false; error: { code: string; message: string } };

export interface Outbox extends Readable<readonly OutgoingMessage[]> {
  /** At once a bubble; resolves when it has become a message or has failed. */
  send(input: MessageInput): Promise<void>;
  /** Once more, with the same key: cannot become two. */
  retry(key: string): Promise<void>;
  discard(key: string): void;
  /** For adapters: the cache is about to show this message of the user's own, which ends its bubble. */
  arrived(message: SentMessage): void;
}

export function createOutbox(send: (input: MessageInput, key: string) => Promise<SendResult>): Outbox {
  const store = createStore<readonly OutgoingMessage[]>([]);
  /** In each chat one after another: what was written first is stored first. */
  const queues = new Map<string, Promise<void>>();
  /** Those whose request was made: their message may arrive by the stream before the answer, or instead of it. */
  const attempted = new Set<string>();
  /** Own messages so far: each may end one bubble, though it comes with its answer and with its event. */
  const arrivals = new Set<string>();
  /** Not shown any more, but still to be answered. */
  const settled = new Map<string, OutgoingMessage>();

  function change(key: string, to: Partial<OutgoingMessage>): void {
    store.set(store.getSnapshot().map((it) => (it.key === key ? { ...it, ...to } : it)));
  }

  function remove(key: string): void {
    store.set(store.getSnapshot().filter((it) => it.key !== key));
  }

  function became(key: string, messageId: string): void {
    change(key, { messageId });
    // Caches tell their watchers in a task of their own, which comes before this one: no moment shows neither.
    queueMicrotask(() => setTimeout(() => remove(key)));
  }

  function enqueue(message: OutgoingMessage): Promise<void> {
    const { chatId } = message.input;
    const turn = (queues.get(chatId) ?? Promise.resolve()).then(() => attempt(message));
    queues.set(chatId, turn);
    return turn;
  }

  async function attempt({ key, input }: OutgoingMessage): Promise<void> {
    if (!store.getSnapshot().some((it) => it.key === key)) return; // discarded while it waited
    attempted.add(key);
    const result = await send(input, key).catch(lost);
    const early = settled.get(key);
    settled.delete(key);
    if (result.ok) {
      attempted.delete(key);
      if (!early) became(key, result.messageId);
      return;
    }
    // A message that looked the same took the bubble away, but this one was not stored: it comes back.
    if (early) store.set([...store.getSnapshot().filter((it) => it.key !== key), early]);
    if (result.error.code !== 'NETWORK') attempted.delete(key);
    change(key, { state: 'failed', error: result.error });
  }

  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    send(input) {
      const message: OutgoingMessage = {
        key: newIdempotencyKey(),
        state: 'sending',
        error: null,
        createdAt: new Date().toISOString(),
        input,
        messageId: null,
      };
      store.set([...store.getSnapshot(), message]);
      return enqueue(message);
    },
    retry(key) {
      const message = store.getSnapshot().find((it) => it.key === key);
      if (message?.state !== 'failed') return Promise.resolve();
      change(key, { state: 'sending', error: null });
      return enqueue(message);
    },
    discard: remove,
    arrived(message) {
      if (arrivals.has(message.id)) return;
      arrivals.add(message.id);
      const bubble = store.getSnapshot().find((it) => attempted.has(it.key) && becomes(it, message));
      if (!bubble) return;
      if (bubble.state === 'sending') settled.set(bubble.key, bubble);
      else attempted.delete(bubble.key);
      became(bubble.key, message.id);
    },
  };
}

/** Events do not name the key they were sent with; in one chat, of one author, this tells bubbles apart well enough. */
function becomes({ input, messageId }: OutgoingMessage, message: SentMessage): boolean {
  return (
    messageId === null &&
    input.chatId === message.chatId &&
    (input.content ?? null) === (message.content ?? null) &&
    (input.replyToId ?? null) === (message.replyToId ?? null) &&
    (input.type ?? 'TEXT') === (message.type ?? 'TEXT')
  );
}

function lost(error: unknown): SendResult {
  return { ok: false, error: { code: 'NETWORK', message: error instanceof Error ? error.message : String(error) } };
}
