import { describe, expect } from 'vitest';
import { silent, startTestServer, type TestServer, type TestUser } from './support/app.ts';
import { block, unblock } from './support/blocks.ts';
import { direct, does, group, remove } from './support/documents.ts';
import { FaultyBroker } from './support/faulty-pubsub.ts';
import { look, presence, tells, told } from './support/presence.ts';
import { updateSettings } from './support/read-state.ts';
import { withTwoServers } from './support/test.ts';

const test = withTwoServers(silent);

const rows = ({ server, rowId: userId }: TestUser) => server.database.db.presence.findMany({ where: { userId } });
const lastSeenAt = async ({ server, rowId: id }: TestUser) =>
  (await server.database.db.user.findUniqueOrThrow({ where: { id } })).lastSeenAt;
const hidden = (user: TestUser) => ({ userId: user.id, status: 'UNKNOWN', lastSeenAt: null });
const shown = (user: TestUser, status: string) => ({ userId: user.id, status, lastSeenAt: null });

/** Makes the rows of the user's servers this old. */
const age = ({ server, rowId }: TestUser, seconds: number) =>
  server.database.db.$executeRaw`
    UPDATE presence SET seen_at = seen_at - ${seconds}::int * interval '1 s' WHERE user_id = ${rowId}::uuid`;

test('a viewer with a user on screen sees them go online and idle, on any server', async ({ two, ada, grace }) => {
  await group(ada, grace);
  const looking = [await look(ada, { users: [grace] }), await look(ada.at(two), { users: [grace] })];
  expect(await presence(ada, grace)).toEqual(shown(grace, 'OFFLINE'));
  const active = await look(grace.at(two));
  for (const stream of looking) await tells(stream, grace, 'ONLINE');
  expect(await presence(ada, grace)).toEqual(shown(grace, 'ONLINE'));
  expect(await presence(ada, ada)).toEqual(shown(ada, 'ONLINE'));

  // When the use of a device changes, the client subscribes again and then completes the old operation.
  const resting = await look(grace.at(two), { isActive: false });
  active.stop();
  for (const stream of looking) await tells(stream, grace, 'IDLE');
  expect(await presence(ada, grace)).toEqual(shown(grace, 'IDLE'));
  for (const stream of looking) expect(told(stream, grace)).toEqual([shown(grace, 'ONLINE'), shown(grace, 'IDLE')]);
  for (const stream of [...looking, resting]) stream.stop();
});

test('a user is online as long as one of their servers reports it', async ({ one, ada, grace }) => {
  const other = await startTestServer({ database: one.database, ...silent });
  await group(ada, grace);
  const [here, there] = [await look(grace), await look(grace.at(other))];
  expect(await rows(grace)).toHaveLength(2);
  const looking = await look(ada, { users: [grace] });
  // One of the servers was killed, so nobody writes its row any more.
  const [first] = await rows(grace);
  await one.database.db.presence.update({
    where: { userId_serverId: { userId: grace.rowId, serverId: first!.serverId } },
    data: { seenAt: new Date(Date.now() - 80_000) },
  });
  await one.app.presence.compare();
  expect(await presence(ada, grace)).toEqual(shown(grace, 'ONLINE'));
  expect(told(looking, grace)).toEqual([]);
  for (const stream of [here, there, looking]) stream.stop();
  await other.stop();
});

test('users of a killed server are offline 75 seconds after its last write, which is also when they were last seen', async ({
  one,
  ada,
  grace,
}) => {
  const killed = await startTestServer({ database: one.database, ...silent });
  await group(ada, grace);
  const away = await look(grace.at(killed));
  const looking = await look(ada, { users: [grace] });
  expect(await presence(ada, grace)).toEqual(shown(grace, 'ONLINE'));
  await age(grace, 80);
  const offline = { userId: grace.id, status: 'OFFLINE', lastSeenAt: expect.stringMatching(/:00\.000Z$/) as string };
  expect(await presence(ada, grace)).toEqual(offline);
  await one.app.presence.compare();
  await tells(looking, grace, 'OFFLINE');
  expect(told(looking, grace)).toEqual([offline]);
  expect(await rows(grace)).toEqual([]);
  expect((await lastSeenAt(grace))!.getTime()).toBeLessThan(Date.now() - 79_000);
  // The server was alive after all.
  await killed.app.presence.compare();
  expect(await presence(ada, grace)).toEqual(shown(grace, 'ONLINE'));
  for (const stream of [away, looking]) stream.stop();
  await killed.stop();
});

describe('nobody sees the presence', () => {
  test('of a user with whom they share no chat, or no longer share one', async ({ two, ada, grace }) => {
    const online = await look(grace);
    expect(await presence(ada, grace)).toEqual(hidden(grace));
    const chat = await group(ada, grace);
    const looking = await look(ada.at(two), { users: [grace] });
    expect(await presence(ada, grace)).toEqual(shown(grace, 'ONLINE'));
    await remove(ada, chat, grace);
    await tells(looking, grace, 'UNKNOWN');
    expect(await presence(ada, grace)).toEqual(hidden(grace));
    const other = await look(grace, { isActive: false });
    online.stop();
    await direct(ada, grace);
    const again = await look(ada, { users: [grace] });
    expect(told(looking, grace)).toEqual([hidden(grace)]);
    expect(await presence(ada, grace)).toEqual(shown(grace, 'IDLE'));
    for (const stream of [looking, other, again]) stream.stop();
  });

  test('of a user whose chat they have left, or whose chat was deleted', async ({ ada, grace, linus }) => {
    const [first, second] = [await group(ada, grace), await group(grace, linus)];
    const looking = [await look(ada, { users: [grace] }), await look(linus, { users: [grace], chats: [second] })];
    await remove(ada, first, ada);
    await tells(looking[0]!, grace, 'UNKNOWN');
    await does(grace, 'deleteChat', { chatId: second.id });
    await tells(looking[1]!, grace, 'UNKNOWN');
    const online = await look(grace);
    expect(await presence(linus, grace)).toEqual(hidden(grace));
    for (const stream of looking) expect(told(stream, grace)).toEqual([hidden(grace)]);
    for (const stream of [...looking, online]) stream.stop();
  });

  test('of a user who has blocked them, or whom they have blocked; it looks like a user who does not share it', async ({
    two,
    ada,
    grace,
    linus,
  }) => {
    await group(ada, grace, linus);
    const people = [await look(ada, { users: [grace, linus] }), await look(grace.at(two), { users: [ada, linus] })];
    const third = await look(linus, { users: [ada, grace] });
    await block(ada, grace);
    await tells(people[0]!, grace, 'UNKNOWN');
    await tells(people[1]!, ada, 'UNKNOWN');
    expect([await presence(ada, grace), await presence(grace, ada)]).toEqual([hidden(grace), hidden(ada)]);

    await updateSettings(linus, { sharesPresence: false });
    for (const stream of people) await tells(stream, linus, 'UNKNOWN');
    expect({ ...told(people[1]!, linus).at(-1), userId: ada.id }).toEqual(told(people[1]!, ada).at(-1));
    // Other users receive nothing about the block.
    expect([...told(third, ada), ...told(third, grace)]).toEqual([]);

    await unblock(ada, grace);
    await tells(people[0]!, grace, 'ONLINE');
    expect(await presence(grace, ada)).toEqual(shown(ada, 'ONLINE'));
    for (const stream of [...people, third]) stream.stop();
  });

  test('of a user who does not share it, for whom nothing is stored', async ({ two, ada, grace }) => {
    await group(ada, grace);
    const looking = await look(ada, { users: [grace] });
    const online = await look(grace.at(two));
    await tells(looking, grace, 'ONLINE');
    const db = two.database.db;
    await db.user.update({ where: { id: grace.rowId }, data: { lastSeenAt: new Date() } });

    await updateSettings(grace, { sharesPresence: false });
    await tells(looking, grace, 'UNKNOWN');
    expect([await presence(ada, grace), await presence(grace, grace)]).toEqual([hidden(grace), hidden(grace)]);
    const more = await look(grace.at(two), { isActive: false });
    await two.app.presence.compare();
    expect([await rows(grace), await lastSeenAt(grace)]).toEqual([[], null]);
    expect(told(looking, grace)).toHaveLength(2);

    await updateSettings(grace, { sharesPresence: true });
    await tells(looking, grace, 'ONLINE');
    for (const stream of [looking, online, more]) stream.stop();
  });

  test('if the deployment has switched it off', async ({ one, ada, grace }) => {
    const off = await startTestServer({ database: one.database, ...silent, hasPresence: false });
    await group(ada, grace);
    const looking = await look(ada.at(off), { users: [grace] });
    expect(await rows(ada)).toEqual([]);
    const online = await look(grace);
    expect(await presence(ada.at(off), grace)).toEqual(hidden(grace));
    expect(await presence(ada, grace)).toEqual(shown(grace, 'ONLINE'));
    expect(told(looking, grace)).toEqual([]);
    for (const stream of [looking, online]) stream.stop();
    await off.stop();
  });

  test('without signing in', async ({ one, grace }) => {
    const query = `{ node(id: "${grace.id}") { ... on User { presence { status } } } }`;
    expect(await one.stranger().request(query)).toMatchObject({
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
  });
});

test('without Redis presence is late, but not wrong', async ({ one, ada, grace, linus }) => {
  const broker = new FaultyBroker();
  const servers = [
    await startTestServer({ database: one.database, ...silent, pubsub: broker.connect() }),
    await startTestServer({ database: one.database, ...silent, pubsub: broker.connect() }),
  ] as [TestServer, TestServer];
  const [here, there] = servers;
  await group(ada, grace);
  const shared = await group(ada, linus);
  const looking = await look(ada.at(here), { users: [grace, linus] });
  broker.stop();
  const online = [await look(grace.at(there)), await look(linus.at(there))];
  await remove(ada.at(there), shared, linus);
  await here.app.presence.compare();
  await tells(looking, grace, 'ONLINE');
  await tells(looking, linus, 'UNKNOWN');
  await block(ada.at(there), grace);
  await here.app.presence.compare();
  await tells(looking, grace, 'UNKNOWN');
  await unblock(ada.at(there), grace);
  broker.start();
  await tells(looking, grace, 'ONLINE');
  expect(told(looking, linus).map(({ status }) => status)).toEqual(['UNKNOWN']);
  for (const stream of [looking, ...online]) stream.stop();
  await Promise.all(servers.map((server) => server.stop()));
  broker.close();
});

test('the presence of a deleted user is UNKNOWN, without a time', async ({ one, ada, grace }) => {
  await group(ada, grace);
  const online = await look(grace);
  await one.database.db.user.update({
    where: { id: grace.rowId },
    data: { deletedAt: new Date(), erasedAt: new Date() },
  });
  await age(grace, 80);
  await one.app.presence.compare();
  expect(await presence(ada, grace)).toEqual(hidden(grace));
  expect([await rows(grace), await lastSeenAt(grace)]).toEqual([[], null]);
  online.stop();
});
