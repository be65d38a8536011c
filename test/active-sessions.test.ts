import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import { createAccessTokens } from '../src/session/access-token.ts';
import { setPassword } from '../src/session/set-password.ts';
import { secret, startTestServer, TestUser, tokenFor, type TestServer } from './support/app.ts';
import { FaultyBroker } from './support/faulty-pubsub.ts';
import { closed, expectAlive, expectEnded, isRefused, refresh, signIn, signUp } from './support/sessions.ts';
import { withTwoServers } from './support/test.ts';

const test = withTwoServers();

const ERROR = '... on Error { code message }';
const SESSIONS = '{ sessions { id device createdAt lastUsedAt isCurrent } }';
const END = `mutation ($input: EndSessionInput!) { endSession(input: $input) { __typename ... on SessionEnded { sessionId at } ${ERROR} } }`;
const END_OTHERS = `mutation { endOtherSessions { __typename ... on SessionsEnded { count at } ${ERROR} } }`;
const EVENTS = 'subscription { events { __typename } }';
const VIEWER = '{ viewer { id } }';
const chrome =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Safari/537.36';

interface Listed {
  id: string;
  device: string;
  lastUsedAt: string;
  isCurrent: boolean;
}

const end = (by: TestUser, sessionId: string) => by.ask(END, { input: { sessionId } });

describe('the list', () => {
  test('has every session with its device, and marks the session of the request', async ({ one }) => {
    const laptop = await signUp(one, 'ada', chrome);
    const script = await signIn(one, laptop, 'backup-script/1.0 (nightly)');
    const nameless = await signIn(one, laptop, ` ${'x'.repeat(600)}`);

    const listed = await script.ask<Listed[]>(SESSIONS);

    expect(listed.map(({ device }) => device).toSorted()).toEqual([
      'Chrome on Windows',
      'backup-script',
      'x'.repeat(120),
    ]);
    expect(listed.filter(({ isCurrent }) => isCurrent).map(({ id }) => id)).toEqual([script.globalSessionId]);
    expect(await nameless.ask<Listed[]>(SESSIONS)).toHaveLength(3);
    expect(await (await one.user()).ask(SESSIONS)).toEqual([]);
    expect(await one.stranger().request(SESSIONS)).toMatchObject({
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
  });

  test('shows when a session was last used, which is written once a minute', async ({ one }) => {
    const ada = await signUp(one);
    const hourAgo = new Date(Date.now() - 3_600_000);
    await one.database.db.session.update({ where: { id: ada.sessionId }, data: { lastUsedAt: hourAgo } });

    await ada.ask(VIEWER);
    const { lastUsedAt } = (await ada.row())!;
    expect(Date.now() - lastUsedAt.getTime()).toBeLessThan(30_000);

    const other = await startTestServer({ database: one.database });
    await ada.at(other).ask(VIEWER);
    await other.stop();
    expect((await ada.row())!.lastUsedAt).toEqual(lastUsedAt);
  });

  test('lists the 100 sessions that were used last', async ({ one }) => {
    const ada = await signUp(one);
    await one.database.db.$executeRaw`
      WITH made AS (
        INSERT INTO session (user_id, last_used_at)
        SELECT ${ada.rowId}::uuid, now() - n * interval '1 minute' FROM generate_series(1, 120) AS n RETURNING id
      )
      INSERT INTO refresh_token (hash, session_id, expires_at)
      SELECT decode(md5(id::text), 'hex'), id, now() + interval '1 day' FROM made`;

    const listed = await ada.ask<Listed[]>(SESSIONS);

    expect(listed).toHaveLength(100);
    expect(listed[0]).toMatchObject({ id: ada.globalSessionId, isCurrent: true });
    const times = listed.map(({ lastUsedAt }) => lastUsedAt);
    expect(times).toEqual(times.toSorted().toReversed());
    expect(listed[1]).toMatchObject({ device: 'Unknown device' });
  });

  test('leaves out expired sessions', async ({ one }) => {
    const ada = await signUp(one);
    const old = await signIn(one, ada);
    await one.database.db.refreshToken.updateMany({
      where: { sessionId: old.sessionId },
      data: { expiresAt: new Date(Date.now() - 1_000) },
    });

    expect(await ada.ask<Listed[]>(SESSIONS)).toMatchObject([{ id: ada.globalSessionId }]);
  });
});

describe('ending', () => {
  test('closes the session’s connections on every server, and refuses all of its tokens', async ({ one, two }) => {
    const ada = await signUp(one);
    const lost = await signIn(one, ada);
    const socket = await lost.at(two).follow(EVENTS);
    const sse = await lost.at(one).followSse(EVENTS);
    const kept = await ada.at(two).follow(EVENTS);
    await expectAlive(lost, one, two);

    const begun = Date.now();
    expect(await end(ada, lost.globalSessionId)).toMatchObject({
      __typename: 'SessionEnded',
      sessionId: lost.globalSessionId,
    });
    expect(await isRefused(lost.at(one))).toBe('UNAUTHENTICATED');
    await Promise.all([socket.end(), sse.end()]);
    expect(Date.now() - begun).toBeLessThan(2_000);
    expect(socket).toMatchObject(closed(4403));
    await expectEnded(lost, one, two);

    await expectAlive(ada, one, two);
    expect(kept.over).toBe(false);
    kept.stop();
  });

  test('ends only one’s own sessions; one that has ended already is not found', async ({ one, two }) => {
    const ada = await signUp(one);
    const grace = await signUp(one, 'grace');
    const notFound = { code: 'NOT_FOUND', message: 'You have no such session: it may have ended already.' };

    for (const id of [grace.globalSessionId, grace.id, 'x', grace.sessionId])
      expect(await end(ada, id)).toMatchObject(notFound);
    await expectAlive(grace, one, two);
    expect(await end(grace, grace.globalSessionId)).toMatchObject({ __typename: 'SessionEnded' });
    expect(await end(await signIn(one, grace), grace.globalSessionId)).toMatchObject(notFound);
    for (const query of [END, END_OTHERS]) {
      expect(await one.stranger().request(query, { input: { sessionId: ada.globalSessionId } })).toMatchObject({
        errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
      });
    }
  });

  test('endOtherSessions keeps the session of the request, which a token of version 0.1.0 does not name', async ({
    one,
    two,
  }) => {
    const ada = await signUp(one);
    const others = [await signIn(one, ada), await signIn(two, ada)];
    const old = new TestUser(one, ada.rowId, ada.username, await tokenFor(ada.rowId));

    expect(await old.ask(END_OTHERS)).toMatchObject({
      code: 'FORBIDDEN',
      message: expect.stringContaining('Refresh') as string,
    });
    expect(await ada.ask(END_OTHERS)).toMatchObject({ __typename: 'SessionsEnded', count: 2 });
    expect(await ada.ask(END_OTHERS)).toMatchObject({ count: 0 });

    for (const other of others) await expectEnded(other, one, two);
    await expectAlive(ada, one, two);
    expect(await isRefused(old)).toBeUndefined();
  });

  test('signing out and using a copied refresh token end a session too', async ({ one, two }) => {
    const ada = await signUp(one);
    const out = await signIn(one, ada);
    const socket = await out.at(two).follow(EVENTS);
    await out.ask('mutation ($input: SignOutInput!) { signOut(input: $input) { __typename } }', {
      input: { refreshToken: out.refreshToken },
    });
    await socket.end();
    expect(socket).toMatchObject(closed(4403));

    const copied = await signIn(one, ada);
    await refresh(one, await refresh(one, copied));
    expect(await refresh(one, copied)).toMatchObject({ code: 'FORBIDDEN' });
    await expectEnded(copied, one, two);
  });

  test('is noticed without Redis too, and so is a password that an operator has set', async ({ one }) => {
    const broker = new FaultyBroker();
    const { database } = one;
    const servers = [1, 2].map(() => startTestServer({ database, pubsub: broker.connect() }));
    const [here, there] = (await Promise.all(servers)) as [TestServer, TestServer];
    broker.stop();
    const ada = await signUp(here);
    const lost = await signIn(here, ada);
    const [kept, ending] = [await ada.at(there).follow(EVENTS), await lost.at(there).follow(EVENTS)];

    const begun = Date.now();
    await end(ada, lost.globalSessionId);
    await ending.end();
    expect(Date.now() - begun).toBeLessThan(5_000);
    expect(ending).toMatchObject(closed(4403));
    expect(await isRefused(lost.at(there))).toBe('UNAUTHENTICATED');
    expect(kept.over).toBe(false);

    await setPassword(database.db, { username: ada.username, password: 'quite another battery staple' });
    await kept.end();
    expect(kept).toMatchObject(closed(4403));
    expect(await isRefused(ada.at(there))).toBe('UNAUTHENTICATED');
    await Promise.all([here.stop(), there.stop()]);
    broker.close();
  });
});

test('a token of version 0.1.0 works until it expires; one of a session that never existed does not', async ({
  one,
}) => {
  const ada = await one.user();
  expect(await isRefused(ada)).toBeUndefined();
  const { token } = await createAccessTokens(secret).issue(ada.rowId, randomUUID());
  expect(await isRefused(new TestUser(one, ada.rowId, ada.username, token))).toBe('UNAUTHENTICATED');
});
