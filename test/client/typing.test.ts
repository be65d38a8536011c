import { describe, expect } from 'vitest';
import type { TestUser } from '../support/app.ts';
import { kits, openDevice, type Device } from './support/device.ts';
import { until, untilState, type Kit } from './support/kit.ts';
import { test } from './support/test.ts';

describe.each(kits)('%s', (_name, makeKit) => {
  async function live(user: TestUser): Promise<Device> {
    const device = openDevice(makeKit, user);
    device.kit.events.start();
    await untilState(device.kit, 'live');
    return device;
  }

  /** Watches the chats, and waits until the server knows: earlier typing is not reported. */
  async function look({ typing, receipts }: Kit, chats: readonly string[]): Promise<void> {
    for (const chat of chats) {
      typing.of(chat).subscribe(() => undefined);
      receipts.of(chat).subscribe(() => undefined);
    }
    await until(() => chats.every((chat) => receipts.of(chat).getSnapshot() !== undefined), 'the chats are followed');
  }

  test('users who type are shown to the others with the chat on screen, in every chat, until they stop or send', async ({
    world,
    ada,
    grace,
  }) => {
    const chats = [await world.chat(ada, [grace]), await world.chat(ada, [grace])];
    const [{ kit: hers }, { kit: his }] = [await live(ada), await live(grace)];
    await look(hers, chats);
    await look(his, chats);
    const [chat = '', other = ''] = chats;
    const names = (of = chat) =>
      hers.typing
        .of(of)
        .getSnapshot()
        .users.map(({ username }) => username);
    const typesIn = (of: string, expected: string[]) =>
      until(
        () => JSON.stringify(names(of)) === JSON.stringify(expected),
        `${expected.join()} types`,
        () => names(of),
      );

    his.typing.set(chat, true);
    await typesIn(chat, [grace.username]);
    his.typing.set(other, true);
    await typesIn(other, [grace.username]);
    // A user's own typing is not shown, on any device.
    expect(his.typing.of(chat).getSnapshot()).toEqual({ users: [], userCount: 0 });
    his.typing.set(other, false);
    await typesIn(other, []);
    await his.send(chat, 'Done');
    await typesIn(chat, []);
  });

  test('typing during a disconnection is not reported afterwards, and later typing is', async ({
    world,
    ada,
    grace,
  }) => {
    const chat = await world.chat(ada, [grace]);
    const { kit, wire } = await live(grace);
    const { kit: hers } = await live(ada);
    await look(hers, [chat]);
    wire.down = true;
    wire.drop();
    await until(() => kit.events.getSnapshot() !== 'live', 'the connection is lost');
    kit.typing.set(chat, true);
    wire.down = false;
    await untilState(kit, 'live');
    expect(hers.typing.of(chat).getSnapshot().userCount).toBe(0);
    // It is reported now, because the lost report does not count for the pause.
    kit.typing.set(chat, true);
    await until(() => hers.typing.of(chat).getSnapshot().userCount === 1, 'it is told');
  });
});
