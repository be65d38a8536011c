import { describe, expect } from 'vitest';
import { messageStatus } from '../../client/core.ts';
import type { TestUser } from '../support/app.ts';
import { receipts as receiptsOnServer } from '../support/read-state.ts';
import { kits, openDevice, type Device } from './support/device.ts';
import type { FaultyWire } from './support/faults.ts';
import { until, untilState, type Kit } from './support/kit.ts';
import { test } from './support/test.ts';

describe.each(kits)('%s', (_name, makeKit) => {
  let authorId: string;
  let readerId: string;
  let chat: string;
  let kit: Kit;
  let wire: FaultyWire;

  test.beforeEach(async ({ world, ada, grace }) => {
    [authorId, readerId] = [ada.id, grace.id];
    chat = await world.chat(ada, [grace]);
    ({ kit, wire } = await live(ada));
    kit.receipts.of(chat).subscribe(() => undefined);
  });

  async function live(user: TestUser): Promise<Device> {
    const device = openDevice(makeKit, user);
    device.kit.events.start();
    await untilState(device.kit, 'live');
    return device;
  }

  /** Grace's receipt on Ada's device, and the status of a message that follows from it. */
  const ofGrace = () =>
    kit.receipts
      .of(chat)
      .getSnapshot()
      ?.find(({ userId }) => userId === readerId);
  const status = (position: number) => messageStatus({ authorId, position }, kit.receipts.of(chat).getSnapshot() ?? []);
  const becomes = (position: number, expected: string) =>
    until(
      () => status(position) === expected,
      `${position} is ${expected}`,
      () => [status(position), ofGrace()],
    );

  test(
    'a message is sent, is reported as delivered by the other device, and is read there',
    { timeout: 60_000 },
    async ({ world, ada, grace }) => {
      await until(() => ofGrace() !== undefined, 'the receipts are read');
      await world.send(ada, chat, 'm1');
      const position = await world.position(ada, chat);
      expect(status(position)).toBe('SENT');

      const { kit: hers } = await live(grace);
      hers.open(chat);
      await becomes(position, 'DELIVERED');
      hers.read.upTo(chat, position);
      await becomes(position, 'READ');
      expect(ofGrace()?.user.username).toBe(grace.username);

      // What was read during a disconnection is fetched after it.
      wire.down = true;
      wire.drop();
      await world.send(ada, chat, 'm2');
      const next = await world.position(ada, chat);
      hers.read.upTo(chat, next);
      const onServer = async () =>
        (await receiptsOnServer(ada, { id: chat })).find(({ userId }) => userId === grace.id);
      await expect.poll(onServer).toMatchObject({ readPosition: next });
      wire.down = false;
      await becomes(next, 'READ');
    },
  );

  test('the status waits for users who join, and no longer for users who leave', async ({ world, ada }) => {
    await until(() => ofGrace() !== undefined, 'the receipts are read');
    const names = () =>
      kit.receipts
        .of(chat)
        .getSnapshot()
        ?.map(({ user }) => user.username);
    const linus = await world.server.user('linus');
    await world.addMember(ada, chat, linus);
    await until(() => names()?.includes(linus.username) === true, 'linus is there', names);
    await world.removeMember(ada, chat, linus);
    await until(() => names()?.includes(linus.username) === false, 'linus is gone', names);
  });
});
