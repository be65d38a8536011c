import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ServerDraft } from '../../../client/drafts/draft.ts';
import { DraftStores, type DraftSaved } from '../../../client/drafts/drafts.ts';

let stores: DraftStores;
let isLive: boolean;
/** The server's draft, and what it was asked to save. */
let server: ServerDraft;
let asked: string[];
/** Replaces the server's answer. */
let answer: ((content: string) => Promise<DraftSaved>) | undefined;

beforeEach(() => {
  vi.useFakeTimers();
  isLive = true;
  server = { content: '', replyToId: null, version: 0 };
  asked = [];
  answer = undefined;
  stores = new DraftStores({
    isLive: () => isLive,
    async save(_chatId, text, ifVersion) {
      asked.push(`${text.content} over ${ifVersion}`);
      if (answer) return answer(text.content);
      if (server.content !== '' && server.version > ifVersion) {
        return { ok: false, error: { code: 'CONFLICT', message: '' } };
      }
      server = { ...text, version: server.version + 1 };
      return { ok: true, version: server.version };
    },
    read: async () => (server.content === '' ? undefined : server),
  });
});
afterEach(() => void vi.useRealTimers());

const shown = () => {
  const { content, conflict } = stores.of('chat').getSnapshot();
  return conflict ? [content, conflict.content] : content;
};
const soon = () => vi.advanceTimersByTimeAsync(1);
const saving = () => vi.advanceTimersByTimeAsync(1_500);

/** Another device writes or deletes the draft. The stream reports it, unless the event is lost. */
function elsewhere(content: string, isTold = true): void {
  server = { content, replyToId: null, version: server.version + 1 };
  if (isTold) tell();
}
const tell = ({ version } = server) =>
  stores.apply({
    __typename: 'DraftChanged',
    chatId: 'chat',
    version,
    draft: server.content === '' ? null : server,
  });

test('a draft is saved 1.5 seconds after the last key, or at once on request, and deleted at once', async () => {
  stores.set('chat', 'h');
  await vi.advanceTimersByTimeAsync(1_000);
  stores.set('chat', 'hal');
  await vi.advanceTimersByTimeAsync(1_400);
  expect(asked).toEqual([]);
  await vi.advanceTimersByTimeAsync(200);
  expect(asked).toEqual(['hal over 0']);
  stores.set('chat', 'half');
  stores.save('chat');
  stores.save('chat');
  stores.set('chat', '');
  await soon();
  expect(asked).toEqual(['hal over 0', 'half over 1', ' over 2']);
  await saving();
  expect([asked.length, shown(), stores.unsaved()]).toEqual([3, '', []]);
});

test('a draft follows changes of another device, as long as nothing was written here', async () => {
  elsewhere('phone');
  expect(shown()).toBe('phone');
  elsewhere('phone, longer');
  tell({ ...server, version: 1 }); // the event arrives late
  expect(shown()).toBe('phone, longer');
  elsewhere('');
  expect(shown()).toBe('');
  expect(asked).toEqual([]);
});

test.each([true, false])(
  'a draft that was written on two devices has both texts until one is chosen (event received: %s)',
  async (isTold) => {
    elsewhere('both know');
    stores.set('chat', 'laptop');
    elsewhere('phone', isTold);
    await saving();
    expect(shown()).toEqual(['laptop', 'phone']);
    stores.set('chat', 'laptop, longer');
    await saving();
    expect(shown()).toEqual(['laptop, longer', 'phone']);
    expect(server.content).toBe('phone');
    stores.resolve('chat', 'phone and laptop');
    await soon();
    expect([shown(), server.content, stores.unsaved()]).toEqual(['phone and laptop', 'phone and laptop', []]);
  },
);

test('a draft that this device is saving causes no conflict, whether its result or its event arrives first', async () => {
  let done!: (saved: DraftSaved) => void;
  answer = () => new Promise((resolve) => (done = resolve));
  stores.set('chat', 'half');
  await saving();
  stores.set('chat', 'half a');
  elsewhere('half');
  expect(shown()).toBe('half a');
  answer = undefined;
  done({ ok: true, version: 1 });
  await saving();
  expect([shown(), server.content, asked]).toEqual(['half a', 'half a', ['half over 0', 'half a over 1']]);
});

test('a draft of another device is not deleted by a message that is sent', async () => {
  elsewhere('both know');
  elsewhere('phone', false);
  stores.set('chat', '');
  await soon();
  expect([shown(), server.content]).toEqual(['phone', 'phone']);
});

test('a draft that was written here stays when another device deletes the draft, and is saved', async () => {
  elsewhere('both know');
  stores.set('chat', 'laptop');
  elsewhere('');
  await soon();
  expect([shown(), server.content]).toEqual(['laptop', 'laptop']);
});

test('a draft that could not be saved is kept, and saved when the stream is live', async () => {
  isLive = false;
  stores.set('chat', 'half');
  await saving();
  expect([asked, stores.unsaved()]).toEqual([
    [],
    [{ key: 'chat', value: { content: 'half', replyToId: null, version: 0 } }],
  ]);
  isLive = true;
  answer = () => Promise.reject(new TypeError('Failed to fetch'));
  stores.goOn();
  await soon();
  expect(stores.unsaved()).toHaveLength(1);
  answer = undefined;
  stores.goOn();
  await soon();
  expect([server.content, stores.unsaved()]).toEqual(['half', []]);
});

test('a draft of an earlier page is not lost to one of another device', () => {
  stores.load([['chat', { content: 'before the reload', replyToId: null, version: 0 }]]);
  elsewhere('phone');
  expect(shown()).toEqual(['before the reload', 'phone']);
});

test('a draft that is refused has the reason, and is saved again with the next key', async () => {
  const error = { code: 'INVALID_INPUT', message: 'chatId: at most 1,000 chats have a draft' };
  answer = () => Promise.resolve({ ok: false, error });
  stores.set('chat', 'half');
  await saving();
  expect(stores.of('chat').getSnapshot()).toMatchObject({ content: 'half', error });
  stores.goOn();
  expect(asked).toHaveLength(1);
  answer = undefined;
  stores.set('chat', 'half a');
  await saving();
  expect([stores.of('chat').getSnapshot().error, server.content]).toEqual([null, 'half a']);
});

test('a draft from the server is accepted after a reset, whatever its version', () => {
  elsewhere('one');
  elsewhere('two');
  stores.apply({ __typename: 'ViewerStateReset', version: 0 });
  server = { content: 'from the backup', replyToId: null, version: 1 };
  tell();
  expect(shown()).toBe('from the backup');
});
