import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createOutbox, type Outbox, type Send, type SendResult } from '../../../client/core.ts';

let outbox: Outbox;
let requests: { key: string; texts: string[]; names: string[] }[];
let answers: ((result: SendResult | Error) => void)[];

beforeEach(() => {
  vi.useFakeTimers();
  requests = [];
  answers = [];
  outbox = createOutbox(send);
});
afterEach(() => vi.useRealTimers());

const send: Send = (messages, key) => {
  const texts = messages.map(({ input }) => input.content ?? '');
  requests.push({ key, texts, names: messages.map(({ name }) => name) });
  return new Promise((resolve, reject) => {
    answers.push((result) => (result instanceof Error ? reject(result) : resolve(messages.map(() => result))));
  });
};

const soon = () => vi.advanceTimersByTimeAsync(1);
const bubbles = () => outbox.getSnapshot().map(({ input, state }) => `${input.content} ${state}`);
const message = (id: string, content: string) => ({ id, chatId: 'chat', authorId: 'ada', content });

async function answer(result: SendResult | Error): Promise<void> {
  answers.shift()?.(result);
  await soon();
}

test('messages of a chat are sent one after another; chats do not wait for each other', async () => {
  void outbox.send({ chatId: 'chat', content: 'one' });
  void outbox.send({ chatId: 'chat', content: 'two' });
  void outbox.send({ chatId: 'other', content: 'three' });
  await soon();
  expect(answers).toHaveLength(2);
  await answer({ ok: true, messageId: '1' });
  expect(bubbles()).toEqual(['two sending', 'three sending']);
  expect(answers).toHaveLength(2);
});

test('ten quick messages take three requests, in order', async () => {
  for (let line = 1; line <= 10; line++) void outbox.send({ chatId: 'chat', content: `line ${line}` });
  for (let request = 0; request < 3; request++) await answer({ ok: true, messageId: `message ${request}` });
  expect(requests.map(({ texts }) => texts.length)).toEqual([1, 5, 4]);
  expect(requests.flatMap(({ texts }) => texts)).toEqual(Array.from({ length: 10 }, (_, i) => `line ${i + 1}`));
  expect(bubbles()).toEqual([]);
});

test('messages that were sent together are sent again together, in any order of retries, and also by the next page', async () => {
  for (const content of ['one', 'two', 'three', 'four']) void outbox.send({ chatId: 'chat', content });
  await answer({ ok: true, messageId: '1' });
  await answer(new TypeError('Failed to fetch')); // whether they were stored is not known
  const [together] = requests.slice(1);
  const nameOf = new Map(together?.texts.map((text, index) => [text, together.names[index]]));
  const kept = outbox.getSnapshot();

  outbox = createOutbox(send, kept);
  void outbox.send({ chatId: 'chat', content: 'five' });
  void outbox.retry(kept[2]?.key ?? '');
  outbox.resend();
  for (let request = 0; request < 3; request++) await answer({ ok: true, messageId: `again ${request}` });
  const again = requests.slice(3);
  expect(again.flatMap(({ texts }) => texts)).toEqual(['four', 'two', 'three']);
  for (const { key, texts, names } of again) {
    expect(key).toBe(together?.key);
    expect(names).toEqual(texts.map((text) => nameOf.get(text)));
  }
  expect(new Set(nameOf.values()).size).toBe(3);
});

test('a failed one is sent again with the key it had', async () => {
  void outbox.send({ chatId: 'chat', content: 'hello' });
  await soon();
  await answer(new TypeError('Failed to fetch'));
  expect(outbox.getSnapshot()).toMatchObject([{ state: 'failed', error: { code: 'NETWORK' } }]);
  const key = requests[0]?.key ?? '';
  void outbox.retry(key);
  void outbox.retry(key); // a double click
  await soon();
  expect(bubbles()).toEqual(['hello sending']);
  await answer({ ok: true, messageId: '1' });
  expect(bubbles()).toEqual([]);
  expect(requests).toEqual([requests[0], requests[0]]);
});

test('a failed message that was stored disappears when its event arrives', async () => {
  void outbox.send({ chatId: 'chat', content: 'hello' });
  await soon();
  await answer(new TypeError('Failed to fetch'));
  outbox.arrived(message('1', 'hello'));
  await soon();
  expect(bubbles()).toEqual([]);
});

test('a message removes one bubble, even if two look alike', async () => {
  void outbox.send({ chatId: 'chat', content: 'ok' });
  void outbox.send({ chatId: 'chat', content: 'ok' });
  await soon();
  outbox.arrived(message('1', 'ok'));
  outbox.arrived(message('1', 'ok'));
  await answer({ ok: true, messageId: '1' });
  expect(bubbles()).toEqual(['ok sending']);
  outbox.arrived(message('1', 'ok'));
  await soon();
  expect(bubbles()).toEqual(['ok sending']);
});

test('a bubble that an equal message from another device removed is shown again if its sending fails', async () => {
  void outbox.send({ chatId: 'chat', content: 'ok' });
  await soon();
  outbox.arrived(message('1', 'ok'));
  await soon();
  expect(bubbles()).toEqual([]);
  await answer({ ok: false, error: { code: 'FORBIDDEN', message: 'No' } });
  expect(bubbles()).toEqual(['ok failed']);
});

test('a message that was discarded while it waited is not sent', async () => {
  void outbox.send({ chatId: 'chat', content: 'one' });
  void outbox.send({ chatId: 'chat', content: 'two' });
  await soon();
  outbox.discard(outbox.getSnapshot()[1]?.key ?? '');
  await answer({ ok: true, messageId: '1' });
  expect(requests).toHaveLength(1);
  expect(bubbles()).toEqual([]);
});
