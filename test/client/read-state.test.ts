import { describe, expect } from 'vitest';
import type { ViewerChatState } from '../../client/core.ts';
import type { TestUser } from '../support/app.ts';
import { kits, openDevice, type Device } from './support/device.ts';
import { until, untilState, type ShownState } from './support/kit.ts';
import { test } from './support/test.ts';

/** One device of a user. It shows the unread state with the hooks, and with a query of its own. */
interface Reader extends Device {
  unread(chatId: string): number | 'marked' | undefined;
  summary(): number | undefined;
  query(chatId: string): ShownState | null | undefined;
}

describe.each(kits)('%s', (_name, makeKit) => {
  let devices: Reader[];
  let phone: Reader;
  let laptop: Reader;
  let chat: string;

  test.beforeEach(async ({ world, ada, grace }) => {
    chat = await world.chat(grace, [ada]);
    devices = [];
    phone = await reader(ada);
    laptop = await reader(ada);
  });

  async function reader(user: TestUser): Promise<Reader> {
    const made = connect(user);
    made.query(chat);
    made.kit.events.start();
    await untilState(made.kit, 'live');
    return made;
  }

  function connect(user: TestUser): Reader {
    const device = openDevice(makeKit, user, { retryForMs: 1_000 });
    const { kit } = device;
    const queries = new Map<string, () => ShownState | null | undefined>();
    kit.unread.summary.subscribe(() => undefined);
    const made: Reader = {
      ...device,
      unread(chatId) {
        const state = kit.unread.of(chatId).getSnapshot();
        return state?.isUnread && state.unreadCount === 0 ? 'marked' : state?.unreadCount;
      },
      summary: () => kit.unread.summary.getSnapshot()?.chatCount,
      query(chatId) {
        if (!queries.has(chatId)) queries.set(chatId, kit.openState(chatId));
        return queries.get(chatId)?.();
      },
    };
    devices.push(made);
    return made;
  }

  /** Waits until both devices show this, from each source. */
  async function agree(unread: number | 'marked', chats: number): Promise<void> {
    const shown = () =>
      devices.map((it) => {
        const { unreadCount, isMarkedUnread } = it.query(chat) ?? {};
        return [it.unread(chat), isMarkedUnread && unreadCount === 0 ? 'marked' : unreadCount, it.summary()];
      });
    const expected = JSON.stringify(devices.map(() => [unread, unread, chats]));
    await until(() => JSON.stringify(shown()) === expected, `all show ${unread} in ${chats} chats`, shown);
  }

  test('two devices agree on what is unread, whatever happens', { timeout: 60_000 }, async ({ world, ada, grace }) => {
    await agree(0, 0);
    const first = await world.send(grace, chat, 'm1');
    await world.send(grace, chat, 'm2');
    await world.send(ada, chat, 'from a third device');
    await world.send(grace, chat, 'm3');
    await agree(3, 1);

    // The first device reads the chat.
    phone.kit.read.upTo(chat, await world.position(ada, chat));
    await agree(0, 0);

    // One device is disconnected while the other reads, and more messages arrive.
    laptop.wire.down = true;
    laptop.wire.drop();
    const m4 = await world.send(grace, chat, 'm4');
    await until(() => phone.unread(chat) === 1, 'one more');
    phone.kit.read.upTo(chat, await world.position(ada, chat));
    await until(() => phone.unread(chat) === 0, 'read');
    const m5 = await world.send(grace, chat, 'm5');
    laptop.wire.down = false;
    await agree(1, 1);

    // The chat is marked as unread.
    const fourth = (await world.position(ada, chat)) - 1;
    expect(await laptop.kit.read.markUnread(chat, fourth)).toEqual({ ok: true });
    await agree(2, 1);

    // Unread messages are deleted: messages that the server has counted, and newer ones.
    await world.delete(grace, m4);
    await agree(1, 1);
    const m6 = await world.send(grace, chat, 'm6');
    await agree(2, 1);
    await world.delete(grace, m6);
    await world.delete(grace, m5);
    await agree('marked', 1);
    await world.delete(grace, first); // a message that was read
    await agree('marked', 1);

    // The server is restored from a backup from before anything was read.
    await world.unreadInBackup(ada, chat);
    await agree(2, 1);
    expect(await phone.kit.read.markAll()).toEqual({ ok: true });
    await agree(0, 0);
  });

  test('the fields that the summary needs are fetched if an app’s own query does not select them', async ({
    world,
    ada,
    grace,
  }) => {
    await world.mention(grace, chat, ada);
    const tablet = connect(ada);
    await until(() => tablet.query(chat)?.unreadCount === 1, 'its query shows the message');
    tablet.kit.events.start();
    const summary = () => tablet.kit.unread.summary.getSnapshot();
    await until(() => summary() !== undefined, 'the summary');
    expect(summary()).toEqual({ chatCount: 1, mutedChatCount: 0, mentionChatCount: 1 });
  });

  test('chats that follow the default of the settings show a new default', async ({ world, ada }) => {
    const notifications = () =>
      (phone.kit.unread.of(chat).getSnapshot() as Partial<ViewerChatState> | undefined)?.notifications;
    await until(() => notifications() === 'ALL', 'the default', notifications);
    await world.setDefaultNotifications(ada, 'NONE');
    await until(() => notifications() === 'NONE', 'the new default', notifications);
  });
});
