import { beforeEach, afterEach, expect, test, vi } from 'vitest';
import { createTokens, memoryStorage, type ConnectionState, type Send } from '../../../client/core.ts';
import { DraftStores } from '../../../client/drafts/drafts.ts';
import { createSending } from '../../../client/outbox/sending.ts';
import { forgetUnsent } from '../../../client/outbox/unsent.ts';
import { createStore, type Store } from '../../../client/store.ts';

let storage: ReturnType<typeof memoryStorage>;
let state: Store<ConnectionState>;
let token: string | null;
let changed: () => void;
let sent: string[];
let away: boolean;

beforeEach(() => {
  vi.useFakeTimers();
  storage = memoryStorage();
  token = 'opaque';
  sent = [];
  away = true;
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** The outbox of a page, with what the storage has. */
function page(viewerId = 'ada') {
  state = createStore<ConnectionState>('offline');
  const tokens = createTokens({
    accessToken: () => token,
    refresh: () => Promise.resolve(token),
    subscribe(listener) {
      changed = listener;
      return () => {};
    },
  });
  const send: Send = (messages, key) => {
    if (away) return Promise.reject(new TypeError('Failed to fetch'));
    for (const { input, name } of messages) sent.push(`${input.content} ${key} ${name}`);
    return Promise.resolve(messages.map(({ name }) => ({ ok: true, messageId: `message of ${key} ${name}` })));
  };
  // No server: what is begun stays on the device.
  const never = () => Promise.reject(new TypeError('Failed to fetch'));
  const drafts = new DraftStores({ isLive: () => false, save: never, read: never });
  return { ...createSending({ send, tokens, events: state, drafts, viewerId, storage }), drafts };
}

const soon = () => vi.advanceTimersByTimeAsync(1);
const texts = ({ outbox }: ReturnType<typeof page>) => outbox.getSnapshot().map(({ input }) => input.content);

const begun = ({ drafts }: ReturnType<typeof page>) => drafts.of('chat').getSnapshot().content;

async function write(kit: ReturnType<typeof page>, ...contents: string[]): Promise<void> {
  for (const content of contents) void kit.outbox.send({ chatId: 'chat', content });
  await soon();
}

test('messages that were written while the server was away are sent when the stream is live', async () => {
  const kit = page();
  await write(kit, 'one', 'two');
  expect(kit.outbox.getSnapshot().map((it) => it.state)).toEqual(['failed', 'failed']);
  away = false;
  state.set('live');
  await soon();
  expect(sent.map((it) => it.split(' ')[0])).toEqual(['one', 'two']);
  expect(texts(kit)).toEqual([]);
});

test('unsent messages survive a reload, and are sent once, in order, with their keys', async () => {
  const before = page();
  await write(before, 'one', 'two');
  before.drafts.set('chat', 'half a');
  const keys = before.outbox.getSnapshot().map(({ key }) => key);
  const after = page();
  expect(texts(after)).toEqual(['one', 'two']);
  expect(begun(after)).toBe('half a');
  away = false;
  state.set('live');
  await soon();
  state.set('connecting');
  state.set('live');
  await soon();
  expect(sent).toEqual([`one ${keys[0]} sendMessage`, `two ${keys[1]} sendMessage`]);
  expect(texts(page())).toEqual([]);
});

test('a draft that an earlier version of the kit stored is loaded', () => {
  storage.setItem('parley.drafts.ada', JSON.stringify([{ key: 'chat', value: 'half a' }]));
  expect(begun(page())).toBe('half a');
});

test('a message that was being sent when the page closed is sent again with its key', async () => {
  const before = page();
  void before.outbox.send({ chatId: 'chat', content: 'one' });
  expect(page().outbox.getSnapshot()).toMatchObject([{ state: 'failed', error: { code: 'NETWORK' } }]);
  await soon();
});

test('unsent messages belong to one user, and another one does not see them', async () => {
  await write(page('ada'), 'one');
  expect(texts(page('grace'))).toEqual([]);
  expect(texts(page('ada'))).toEqual(['one']);
});

test('two tabs keep the messages of each', async () => {
  const [first, second] = [page(), page()];
  await write(first, 'one');
  await write(second, 'two');
  expect(texts(page())).toEqual(['one', 'two']);
  first.outbox.discard(first.outbox.getSnapshot()[0]?.key ?? '');
  expect(texts(page())).toEqual(['two']);
});

test('signing out removes unsent messages, and requests that end later do not bring them back', async () => {
  const kit = page();
  await write(kit, 'one');
  kit.drafts.set('chat', 'half a');
  token = null;
  changed();
  forgetUnsent(storage, 'ada');
  await write(kit, 'two');
  kit.drafts.set('chat', 'half a thought');
  token = 'opaque';
  const after = page();
  expect(texts(after)).toEqual([]);
  expect(begun(after)).toBe('');
});

test('a session that the server ended keeps them for the user’s return', async () => {
  await write(page(), 'one');
  token = null;
  changed();
  expect(texts(page())).toEqual(['one']);
});

test('with a full storage earlier messages stay, and the page reports that the rest is not stored', async () => {
  const browser = new EventTarget();
  vi.stubGlobal('addEventListener', browser.addEventListener.bind(browser));
  const closing = () => !browser.dispatchEvent(new Event('beforeunload', { cancelable: true }));
  const kit = page();
  await write(kit, 'one');
  expect([kit.unsaved.getSnapshot(), closing()]).toEqual([false, false]);
  const { setItem } = storage;
  storage.setItem = () => {
    throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
  };
  await write(kit, 'two');
  expect([kit.unsaved.getSnapshot(), closing()]).toEqual([true, true]);
  expect(texts(page())).toEqual(['one']);
  storage.setItem = setItem;
  kit.outbox.discard(kit.outbox.getSnapshot()[1]?.key ?? '');
  expect([kit.unsaved.getSnapshot(), closing()]).toEqual([false, false]);
});
