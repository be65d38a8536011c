import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createOutbox, type Outbox, type SendResult } from '../../client/core.ts';

let outbox: Outbox;
let keys: string[];
let answers: ((result: SendResult | Error) => void)[];

beforeEach(() => {
  vi.useFakeTimers();
  keys = [];
  answers = [];
  outbox = createOutbox((_input, key) => {
    keys.push(key);
    return new Promise((resolve, reject) => {
      answers.push((result) => (result instanceof Error ? reject(result) : resolve(result)));
    });
  });
});
afterEach(() => vi.useRealTimers());

const soon = () => vi.advanceTimersByTimeAsync(1);
const bubbles = () => outbox.getSnapshot().map(({ input, state }) => `${input.content} ${state}`);
const message = (id: string, content: string) => ({ id, chatId: 'chat', authorId: 'ada', content });

async function answer(result: SendResult | Error): Promise<void> {
  answers.shift()?.(result);
  await soon();
}

test('in a chat one goes after another; chats do not wait for each other', async () => {
  void outbox.send({ chatId: 'chat', content: 'one' });
  void outbox.send({ chatId: 'chat', content: 'two' });
  void outbox.send({ chatId: 'other', content: 'three' });
  await soon();
  expect(answers).toHaveLength(2);
  await answer({ ok: true, messageId: '1' });
  expect(bubbles()).toEqual(['two sending', 'three sending']);
  expect(answers).toHaveLength(2);
});

test('a failed one is sent again with the key it had', async () => {
  void outbox.send({ chatId: 'chat', content: 'hello' });
  await soon();
  await answer(new TypeError('Failed to fetch'));
  expect(outbox.getSnapshot()).toMatchObject([{ state: 'failed', error: { code: 'NETWORK' } }]);
  const [key] = keys;
  void outbox.retry(key ?? '');
  void outbox.retry(key ?? ''); // a double click
  await soon();
  expect(bubbles()).toEqual(['hello sending']);
  await answer({ ok: true, messageId: '1' });
  expect(bubbles()).toEqual([]);
  expect(keys).toEqual([key, key]);
});

test('a failed one that was in truth stored ends when its message is heard of', async () => {
  void outbox.send({ chatId: 'chat', content: 'hello' });
  await soon();
  await answer(new TypeError('Failed to fetch'));
  outbox.arrived(message('1', 'hello'));
  await soon();
  expect(bubbles()).toEqual([]);
});

test('a message ends one bubble, not two that look alike', async () => {
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

test('one whose place was taken by a message from another device comes back if it fails', async () => {
  void outbox.send({ chatId: 'chat', content: 'ok' });
  await soon();
  outbox.arrived(message('1', 'ok'));
  await soon();
  expect(bubbles()).toEqual([]);
  await answer({ ok: false, error: { code: 'FORBIDDEN', message: 'No' } });
  expect(bubbles()).toEqual(['ok failed']);
});

test('one that was discarded while it waited is not sent', async () => {
  void outbox.send({ chatId: 'chat', content: 'one' });
  void outbox.send({ chatId: 'chat', content: 'two' });
  await soon();
  outbox.discard(outbox.getSnapshot()[1]?.key ?? '');
  await answer({ ok: true, messageId: '1' });
  expect(keys).toHaveLength(1);
  expect(bubbles()).toEqual([]);
});
