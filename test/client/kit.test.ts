import { describe, expect } from 'vitest';
import type { StreamItem } from '../../client/core.ts';
import { kits, openDevice } from './support/device.ts';
import type { FaultyFetch, FaultyWire } from './support/faults.ts';
import { until, untilState, type Kit } from './support/kit.ts';
import { test as base } from './support/test.ts';

describe.each(kits)('%s', (_name, makeKit) => {
  let http: FaultyFetch;
  let wire: FaultyWire;
  let kit: Kit;
  let heard: StreamItem[];

  /** A chat with the messages m1 to m<count> by Grace, which Ada has open and live. */
  const test = base.extend('openChat', ({ world, ada, grace }) => async (count: number): Promise<string> => {
    const chat = await world.chat(grace, [ada]);
    for (const content of numbers(1, count)) await world.send(grace, chat, content);
    kit.open(chat);
    await shows(chat, numbers(Math.max(1, count - 4), count));
    kit.events.start();
    await untilState(kit, 'live');
    return chat;
  });

  test.beforeEach(({ ada }) => {
    ({ kit, http, wire } = openDevice(makeKit, ada, { retryForMs: 5_000 }));
    heard = [];
    kit.events.onItem((item) => heard.push(item));
  });

  const texts = (chatId: string) => kit.shown(chatId)?.messages.map(({ content }) => content);
  const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `m${from + i}`);

  async function shows(chatId: string, contents: string[]): Promise<void> {
    await until(
      () => JSON.stringify(texts(chatId)) === JSON.stringify(contents),
      `the chat shows ${contents.join(' ')}`,
      () => texts(chatId),
    );
  }

  async function lists(...chatIds: string[]): Promise<void> {
    const ids = () => kit.list()?.map(({ id }) => id);
    await until(() => JSON.stringify(ids()) === JSON.stringify(chatIds), `the list is ${chatIds.join(' ')}`, ids);
  }

  describe('one message in the right place', () => {
    test('the mutation answers before the event', async ({ world, grace, openChat }) => {
      const chat = await openChat(1);
      wire.hold();
      await kit.send(chat, 'm2');
      await shows(chat, ['m1', 'm2']);
      wire.release();
      await world.send(grace, chat, 'm3');
      await shows(chat, ['m1', 'm2', 'm3']);
    });

    test('the event comes before the mutation answers', async ({ world, grace, openChat }) => {
      const chat = await openChat(1);
      http.hold();
      const sending = kit.send(chat, 'm2');
      await shows(chat, ['m1', 'm2']);
      await world.send(grace, chat, 'm3');
      await shows(chat, ['m1', 'm2', 'm3']);
      http.release();
      await sending;
      await shows(chat, ['m1', 'm2', 'm3']);
    });

    test('the answer is lost and the mutation is sent again', async ({ world, ada, openChat }) => {
      const chat = await openChat(1);
      http.lose(2);
      await kit.send(chat, 'm2');
      await shows(chat, ['m1', 'm2']);
      expect(await world.position(ada, chat)).toBe(4);
    });

    test('the event comes twice', async ({ world, grace, openChat }) => {
      const chat = await openChat(1);
      wire.doubling = true;
      await world.send(grace, chat, 'm2');
      await world.send(grace, chat, 'm3');
      await shows(chat, ['m1', 'm2', 'm3']);
      expect(heard.filter(({ __typename }) => __typename === 'MessageCreated')).toHaveLength(2);
    });

    test('an own message is answered before the event of an earlier one arrives', async ({
      world,
      grace,
      openChat,
    }) => {
      const chat = await openChat(1);
      wire.hold();
      await world.send(grace, chat, 'm2');
      await kit.send(chat, 'm3');
      await shows(chat, ['m1', 'm3']);
      wire.release();
      await shows(chat, ['m1', 'm2', 'm3']);
    });
  });

  describe('older data does not overwrite newer data', () => {
    test('a query result that is older than an edit', async ({ world, grace, openChat }) => {
      const chat = await openChat(2);
      http.hold();
      const refetching = kit.refetch(chat);
      await until(() => http.waiting === 1, 'the answer waits');
      await world.edit(grace, kit.shown(chat)?.messages[0]?.id ?? '', 'edited');
      await until(() => heard.at(-1)?.__typename === 'MessageEdited', 'the edit is heard of');
      http.release();
      await refetching;
      await shows(chat, ['edited', 'm2']);
      await kit.send(chat, 'm3');
      await shows(chat, ['edited', 'm2', 'm3']);
    });

    test('a mutation result that is older than an edit', async ({ world, ada, openChat }) => {
      const chat = await openChat(1);
      http.hold();
      const sending = kit.send(chat, 'm2');
      await until(() => http.waiting === 1, 'the answer waits');
      await shows(chat, ['m1', 'm2']); // shown by its event, because its result waits
      await world.edit(ada, kit.shown(chat)?.messages[1]?.id ?? '', 'edited');
      await shows(chat, ['m1', 'edited']);
      http.release();
      await sending;
      expect(texts(chat)).toEqual(['m1', 'edited']);
    });

    test('a first page that was read before messages whose events arrived first', async ({ world, ada, grace }) => {
      const chat = await world.chat(ada, [grace]);
      await world.send(grace, chat, 'm1');
      kit.events.start();
      await untilState(kit, 'live');
      http.hold();
      kit.open(chat);
      await until(() => http.waiting === 1, 'the answer waits');
      await world.send(grace, chat, 'm2');
      await world.send(grace, chat, 'm3');
      await until(
        () => heard.length === 4,
        'both are heard of',
        () => heard.map((it) => it.__typename),
      );
      http.release();
      await shows(chat, ['m1', 'm2', 'm3']);
    });

    test('a first page that was read before the stream began', async ({ world, ada, grace }) => {
      const chat = await world.chat(ada, [grace]);
      await world.send(grace, chat, 'm1');
      http.hold();
      kit.open(chat);
      await until(() => http.waiting === 1, 'the answer waits');
      await world.send(grace, chat, 'm2');
      kit.events.start();
      await untilState(kit, 'live');
      http.release();
      await shows(chat, ['m1', 'm2']);
      expect(wire.since.at(-1)).toEqual([{ chatId: chat, position: 3 }]);
    });

    test('a list that was read before a chat was deleted', async ({ world, ada, grace }) => {
      const [first, second] = [await world.chat(ada, [grace]), await world.chat(ada, [grace])];
      kit.events.start();
      await untilState(kit, 'live');
      http.hold();
      kit.openList();
      await until(() => http.waiting === 1, 'the answer waits');
      await world.deleteChat(ada, first);
      await until(() => heard.at(-1)?.__typename === 'ChatDeleted', 'the deletion is heard of');
      http.release();
      await lists(second);
    });
  });

  describe('after a drop', { timeout: 60_000 }, () => {
    test('nothing is missing and nothing is repeated', async ({ world, grace, openChat }) => {
      const chat = await openChat(1);
      await world.send(grace, chat, 'm2');
      await shows(chat, ['m1', 'm2']);
      wire.down = true;
      wire.drop();
      for (const content of numbers(3, 30)) await world.send(grace, chat, content);
      wire.down = false;
      await shows(chat, numbers(1, 30));
      await untilState(kit, 'live');
      // `since` also names chats that no list shows, and each connection names the positions known then.
      expect(wire.since).toEqual([[{ chatId: chat, position: 3 }], [{ chatId: chat, position: 4 }]]);
      expect(heard.filter(({ __typename }) => __typename === 'MessageCreated')).toHaveLength(29);
    });

    test.for([1000, 1011, 1012, 4400, 4401, 4409, 4429, 4500])(
      'it reconnects after close code %i',
      async (code, { world, grace, openChat }) => {
        const chat = await openChat(1);
        wire.drop(code);
        await world.send(grace, chat, 'm2');
        await shows(chat, ['m1', 'm2']);
        await untilState(kit, 'live');
      },
    );

    test('a chat that was deleted meanwhile disappears from list and page', async ({ world, ada, grace, openChat }) => {
      const chat = await openChat(1);
      const other = await world.chat(ada, [grace]);
      kit.openList();
      await lists(other, chat);
      wire.drop();
      await world.deleteChat(grace, chat);
      await lists(other);
      await until(() => kit.shown(chat) === null, 'the open chat is gone');
      const ending = heard.find(({ __typename }) => __typename === 'ChatDeleted');
      expect(ending).toMatchObject({ deletedBy: { username: grace.username } });
      expect(kit.events.positions.get(chat)).toBeUndefined();
    });

    test('a chat that was purged disappears too', async ({ world, openChat }) => {
      const chat = await openChat(1);
      wire.drop();
      await world.purge(chat);
      await until(() => kit.shown(chat) === null, 'the open chat is gone');
      await untilState(kit, 'live');
      wire.drop();
      await until(() => wire.since.length === 3, 'it came back');
      expect(wire.since.at(-1)).toEqual([]);
    });

    test('a chat whose log no longer reaches back is fetched again', async ({ world, grace, openChat }) => {
      const chat = await openChat(3);
      const edited = kit.shown(chat)?.messages[0]?.id ?? '';
      await world.edit(grace, edited, 'from a time that the backup does not know');
      await shows(chat, ['from a time that the backup does not know', 'm2', 'm3']);
      wire.down = true;
      wire.drop();
      await world.restore(edited, 'restored', 2);
      await world.send(grace, chat, 'm4');
      await world.trim(chat);
      wire.down = false;
      await shows(chat, ['restored', 'm2', 'm3', 'm4']);
      expect(heard.some(({ __typename }) => __typename === 'ChatReset')).toBe(true);
      await world.send(grace, chat, 'm5');
      await shows(chat, ['restored', 'm2', 'm3', 'm4', 'm5']);
    });
  });

  describe('chats', () => {
    test('the one with the latest message comes first', async ({ world, ada, grace }) => {
      const [first, second] = [await world.chat(ada, [grace]), await world.chat(ada, [grace])];
      kit.openList();
      await lists(second, first);
      kit.events.start();
      await untilState(kit, 'live');
      await world.send(grace, first, 'hello');
      await lists(first, second);
      expect(kit.list()?.[0]?.last).toBe('hello');
    });

    test('a new one appears, made by another or by oneself', async ({ world, ada, grace }) => {
      kit.openList();
      await lists();
      kit.events.start();
      await untilState(kit, 'live');
      const theirs = await world.chat(grace, [ada]);
      await lists(theirs);
      wire.hold();
      const own = await kit.createChat('Mine', [grace.id]);
      await lists(own, theirs);
      wire.release();
      await world.send(grace, theirs, 'hello');
      await lists(theirs, own);
    });

    test('one that one deletes oneself disappears with the result', async ({ world, ada, grace }) => {
      const chat = await world.chat(ada, [grace]);
      kit.openList();
      kit.open(chat);
      await lists(chat);
      kit.events.start();
      await untilState(kit, 'live');
      wire.hold();
      await kit.deleteChat(chat);
      await lists();
      await until(() => kit.shown(chat) === null, 'the open chat is gone');
      wire.release();
    });

    test('it disappears when the user is removed, and returns when they are added again', async ({
      world,
      ada,
      grace,
    }) => {
      const chat = await world.chat(grace, [ada]);
      kit.openList();
      await lists(chat);
      kit.open(chat);
      await shows(chat, []);
      kit.events.start();
      await untilState(kit, 'live');
      await world.removeMember(grace, chat, ada);
      await lists();
      await until(() => kit.shown(chat) === null, 'the open chat is gone');
      await world.send(grace, chat, 'unseen for now');
      await world.addMember(grace, chat, ada);
      await lists(chat);
      await shows(chat, ['unseen for now']);
    });

    test('a new title is shown', async ({ world, grace, openChat }) => {
      const chat = await openChat(1);
      await world.rename(grace, chat, 'Better');
      await until(
        () => kit.shown(chat)?.title === 'Better',
        'the new title',
        () => kit.shown(chat)?.title,
      );
    });

    test('a list shows only the pages that were requested', async ({ world, ada, grace }) => {
      const ids: string[] = [];
      for (let count = 0; count < 4; count++) ids.unshift(await world.chat(ada, [grace]));
      kit.openList(2);
      await lists(...ids.slice(0, 2));
      kit.events.start();
      await untilState(kit, 'live');
      await lists(...ids.slice(0, 2));
      // All four are followed all the same.
      wire.drop();
      await until(() => wire.since.length === 2, 'it came back');
      expect(wire.since[1]).toHaveLength(4);
    });
  });

  test('older pages are added at the beginning', async ({ world, grace, openChat }) => {
    const chat = await openChat(12);
    await kit.older(chat);
    await shows(chat, numbers(3, 12));
    await world.send(grace, chat, 'm13');
    await shows(chat, numbers(3, 13));
    await kit.older(chat);
    await shows(chat, numbers(1, 13));
  });

  describe('the outbox', () => {
    const bubbles = () => kit.outbox.getSnapshot().map(({ input, state }) => `${input.content} ${state}`);

    test('a bubble becomes the message, and the list always shows exactly one of them', async ({ openChat }) => {
      const chat = await openChat(1);
      const seen = new Set<number>();
      const count = () => {
        const messages = kit.shown(chat)?.messages ?? [];
        const bubbles = kit.outbox.getSnapshot().filter((it) => !messages.some(({ id }) => id === it.messageId));
        seen.add(messages.filter(({ content }) => content === 'm2').length + bubbles.length);
      };
      http.hold();
      const sending = kit.outbox.send({ chatId: chat, content: 'm2' });
      expect(bubbles()).toEqual(['m2 sending']);
      kit.outbox.subscribe(count);
      const everyTask = setInterval(count);
      await shows(chat, ['m1', 'm2']);
      await until(() => bubbles().length === 0, 'the bubble is gone', bubbles);
      http.release();
      await sending;
      await shows(chat, ['m1', 'm2']);
      clearInterval(everyTask);
      expect([...seen]).toEqual([1]);
    });

    test('messages that are written fast are stored in order', async ({ openChat }) => {
      const chat = await openChat(1);
      await Promise.all(numbers(2, 11).map((content) => kit.outbox.send({ chatId: chat, content })));
      expect(http.bodies.filter((body) => body.includes('sendMessage'))).toHaveLength(3);
      await shows(chat, numbers(1, 11));
      await until(() => bubbles().length === 0, 'the bubbles are gone', bubbles);
    });

    test('messages that were sent together, and whose response was lost, are stored once', async ({
      world,
      ada,
      openChat,
    }) => {
      const chat = await openChat(1);
      http.hold();
      const sending = numbers(2, 5).map((content) => kit.outbox.send({ chatId: chat, content }));
      await until(() => http.waiting === 1, 'the first waits');
      http.release();
      http.lose(1); // the response of the other three
      await Promise.all(sending);
      await shows(chat, numbers(1, 5));
      await until(() => bubbles().length === 0, 'the bubbles are gone', bubbles);
      expect(await world.position(ada, chat)).toBe(7);
    });

    test('a message whose sending failed after it was stored, and which is sent again by hand, is one message', async ({
      world,
      ada,
      openChat,
    }) => {
      const chat = await openChat(1);
      wire.hold();
      http.lose(1_000);
      const sending = kit.outbox.send({ chatId: chat, content: 'm2' });
      await until(() => bubbles()[0] === 'm2 failed', 'the bubble has failed', bubbles);
      await sending;
      http.lose(0);
      await kit.outbox.retry(kit.outbox.getSnapshot()[0]?.key ?? '');
      await shows(chat, ['m1', 'm2']);
      wire.release();
      await until(() => bubbles().length === 0, 'the bubble is gone', bubbles);
      expect(await world.position(ada, chat)).toBe(4);
    });

    test('a refused message has the reason, and can be discarded', async ({ world, openChat }) => {
      const chat = await openChat(1);
      await world.purge(chat);
      await kit.outbox.send({ chatId: chat, content: 'm2' });
      expect(kit.outbox.getSnapshot()).toMatchObject([{ state: 'failed', error: { code: 'NOT_FOUND' } }]);
      kit.outbox.discard(kit.outbox.getSnapshot()[0]?.key ?? '');
      expect(bubbles()).toEqual([]);
    });
  });

  test('reports its state', async () => {
    const states: string[] = [];
    kit.events.subscribe(() => states.push(kit.events.getSnapshot()));
    expect(kit.events.getSnapshot()).toBe('offline');
    kit.events.start();
    await untilState(kit, 'live');
    wire.down = true;
    wire.drop();
    await untilState(kit, 'offline');
    wire.down = false;
    await untilState(kit, 'live');
    kit.events.stop();
    expect(states).toEqual([
      'connecting',
      'catching up',
      'live',
      'connecting',
      'offline',
      'catching up',
      'live',
      'offline',
    ]);
  });
});
