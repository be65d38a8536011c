import { createStore, type Readable } from '../store.ts';
import { newIdempotencyKey } from '../http/idempotency.ts';
import type { MessageInput, OutgoingMessage, Send, SendResult, SentMessage } from './messages.ts';

export interface Outbox extends Readable<readonly OutgoingMessage[]> {
  /** Shows the message as outgoing at once. Resolves when it has been sent or has failed. */
  send(input: MessageInput): Promise<void>;
  /** Sends a failed message again with the same key, so that it cannot be stored twice. */
  retry(key: string): Promise<void>;
  discard(key: string): void;
  /**
   * Sends all messages again that failed because of the network, with their keys. The kit calls it when the stream is
   * live.
   */
  resend(): void;
  /** For adapters: the cache is about to show this message of the user, so that its outgoing copy is removed. */
  arrived(message: SentMessage): void;
}

/** Maximum number of mutations in one request. */
const BATCH = 5;

/** `kept` holds messages that an earlier page did not finish sending. The server may have stored them. */
export function createOutbox(send: Send, kept: readonly OutgoingMessage[] = []): Outbox {
  const store = createStore<readonly OutgoingMessage[]>(
    kept.map((message) =>
      message.state === 'sending' ? { ...message, state: 'failed', error: INTERRUPTED } : message,
    ),
  );
  /**
   * In each chat requests are made one after another, so that messages are stored in the order in which they were
   * written. Waiting messages share the next request.
   */
  const queues = new Map<string, Waiting[]>();
  /** Messages that have been sent at least once. They may arrive by the stream before the result, or instead of it. */
  const attempted = new Set<string>();
  /**
   * Ids of own messages that have arrived. A message arrives twice, in the result and as an event, but may resolve only
   * one bubble.
   */
  const arrivals = new Set<string>();
  /** Messages that are not shown any more, but whose request is still running. */
  const resolvedEarly = new Map<string, OutgoingMessage>();

  function change(key: string, to: Partial<OutgoingMessage>): void {
    store.set(store.getSnapshot().map((it) => (it.key === key ? { ...it, ...to } : it)));
  }

  const find = (key: string) => store.getSnapshot().find((it) => it.key === key);

  function remove(key: string): void {
    store.set(store.getSnapshot().filter((it) => it.key !== key));
  }

  function markSent(key: string, messageId: string): void {
    change(key, { messageId });
    // The bubble is removed one task after the cache has notified its watchers, so that the list always shows one of
    // the two.
    queueMicrotask(() => setTimeout(() => remove(key)));
  }

  function enqueue({ key, input: { chatId } }: OutgoingMessage): Promise<void> {
    return new Promise((done) => {
      const queue = queues.get(chatId);
      if (queue) return void queue.push({ key, done });
      const started = [{ key, done }];
      queues.set(chatId, started);
      void drain(chatId, started);
    });
  }

  async function drain(chatId: string, queue: Waiting[]): Promise<void> {
    while (queue.length > 0) {
      const batch = nextBatch(queue);
      await attempt(batch.flatMap(({ key }) => find(key) ?? [])); // messages that were discarded while they waited are left out
      for (const { done } of batch) done();
    }
    queues.delete(chatId);
  }

  /**
   * Messages that were sent together are sent together again, and those that were never sent form a batch of their own.
   */
  function nextBatch(queue: Waiting[]): Waiting[] {
    const requestOf = ({ key }: Waiting) => find(key)?.sentAs?.key;
    const request = queue[0] && requestOf(queue[0]);
    const end = queue.findIndex((it, index) => index === BATCH || requestOf(it) !== request);
    return queue.splice(0, end === -1 ? queue.length : end);
  }

  async function attempt(batch: readonly OutgoingMessage[]): Promise<void> {
    const [first] = batch;
    if (!first) return;
    const { key } = first.sentAs ?? first;
    const messages = batch.map(({ key: own, input, sentAs }, index) => {
      const name = sentAs?.name ?? (batch.length === 1 ? 'sendMessage' : `message${index + 1}`);
      attempted.add(own);
      change(own, { sentAs: { key, name } });
      return { name, input };
    });
    const results = await send(messages, key).catch((error: unknown) => messages.map(() => lost(error)));
    for (const [index, message] of batch.entries()) end(message.key, results[index] ?? NO_ANSWER);
  }

  function end(key: string, result: SendResult): void {
    const early = resolvedEarly.get(key);
    resolvedEarly.delete(key);
    if (result.ok) {
      attempted.delete(key);
      if (!early) markSent(key, result.messageId);
      return;
    }
    // An equal message removed the bubble, but this one was not stored: it is shown again.
    if (early) store.set([...store.getSnapshot().filter((it) => it.key !== key), early]);
    if (result.error.code !== 'NETWORK') attempted.delete(key);
    change(key, { state: 'failed', error: result.error });
  }

  function retry(key: string): Promise<void> {
    const message = find(key);
    if (message?.state !== 'failed') return Promise.resolve();
    change(key, { state: 'sending', error: null });
    return enqueue(message);
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
        sentAs: null,
      };
      store.set([...store.getSnapshot(), message]);
      return enqueue(message);
    },
    retry,
    discard: remove,
    resend() {
      for (const { key, error } of store.getSnapshot()) if (error?.code === 'NETWORK') void retry(key);
    },
    arrived(message) {
      if (arrivals.has(message.id)) return;
      arrivals.add(message.id);
      const bubble = store.getSnapshot().find((it) => attempted.has(it.key) && looksLike(it, message));
      if (!bubble) return;
      if (bubble.state === 'sending') resolvedEarly.set(bubble.key, bubble);
      else attempted.delete(bubble.key);
      markSent(bubble.key, message.id);
    },
  };
}

interface Waiting {
  readonly key: string;
  readonly done: () => void;
}

const NO_ANSWER: SendResult = { ok: false, error: { code: 'UNKNOWN', message: 'No answer' } };

const INTERRUPTED = { code: 'NETWORK', message: 'The page was closed before the server answered.' };

/**
 * Events do not contain the key with which a message was sent. Within one chat and for one author, comparing the
 * content is enough to find the bubble.
 */
function looksLike({ input, messageId }: OutgoingMessage, message: SentMessage): boolean {
  return (
    messageId === null &&
    input.chatId === message.chatId &&
    oneForm(input.content) === oneForm(message.content) &&
    (input.replyToId ?? null) === (message.replyToId ?? null) &&
    (input.type ?? 'TEXT') === (message.type ?? 'TEXT')
  );
}

/** The server stores texts in NFC. */
const oneForm = (text: string | null | undefined): string | null => text?.normalize('NFC') ?? null;

function lost(error: unknown): SendResult {
  return { ok: false, error: { code: 'NETWORK', message: error instanceof Error ? error.message : String(error) } };
}
