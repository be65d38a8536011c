import { gql as apolloGql } from '@apollo/client';
import { gql as urqlGql } from '@urql/core';
import { afterEach, describe, expect, vi } from 'vitest';
import { createParley as createApollo } from '../../client/apollo.ts';
import type { StreamItem } from '../../client/core.ts';
import type { ParleyOptions } from '../../client/options.ts';
import { createParley as createUrql } from '../../client/urql.ts';
import type { TestUser } from '../support/app.ts';
import { keep } from '../support/read-state.ts';
import { FaultyWire } from './support/faults.ts';
import { until, type ChatsData } from './support/kit.ts';
import { CHAT } from './support/queries.ts';
import { test } from './support/test.ts';
import { tokenOf, type World } from './support/world.ts';

/** The functions of each client that these tests need: to watch a query, and to open a subscription. */
interface Watching {
  watch(query: string, variables: object): { data(): unknown; error(): string | undefined };
  /** Requests from the server, whatever is cached. */
  ask(query: string, variables: object): Promise<unknown>;
  hear(subscription: string): { heard: unknown[]; errors: string[] };
  events: { start(): void; stop(): void; getSnapshot(): string; onItem(listener: (item: StreamItem) => void): void };
}

function apollo(options: ParleyOptions): Watching {
  const { client, events } = createApollo(options);
  return {
    events,
    watch(query, variables) {
      let data: unknown;
      let error: string | undefined;
      client.watchQuery({ query: apolloGql(query), variables }).subscribe((result) => {
        data = result.dataState === 'complete' ? result.data : undefined;
        error = result.error?.message;
      });
      return { data: () => data, error: () => error };
    },
    ask: (query, variables) => client.query({ query: apolloGql(query), variables, fetchPolicy: 'network-only' }),
    hear(subscription) {
      const heard: unknown[] = [];
      const errors: string[] = [];
      client.subscribe({ query: apolloGql(subscription) }).subscribe(({ data, error }) => {
        if (data) heard.push(data);
        if (error) errors.push(error.message);
      });
      return { heard, errors };
    },
  };
}

function urql(options: ParleyOptions): Watching {
  const { client, events } = createUrql(options);
  return {
    events,
    watch(query, variables) {
      let data: unknown;
      let error: string | undefined;
      client.query<unknown>(urqlGql(query), variables).subscribe((result) => {
        data = result.data;
        error = result.error?.message;
      });
      return { data: () => data, error: () => error };
    },
    ask: (query, variables) =>
      client.query<unknown>(urqlGql(query), variables, { requestPolicy: 'network-only' }).toPromise(),
    hear(subscription) {
      const heard: unknown[] = [];
      const errors: string[] = [];
      client.subscription<unknown>(urqlGql(subscription), {}).subscribe(({ data, error }) => {
        if (data) heard.push(data);
        if (error) errors.push(error.message);
      });
      return { heard, errors };
    },
  };
}

let options: ParleyOptions;
let wire: FaultyWire;
let faults: string[];
let stop: () => void;

test.beforeEach(({ ada }) => {
  faults = [];
  wire = new FaultyWire();
  const onFault = ({ message }: Error) => faults.push(message);
  options = { url: ada.server.url, auth: tokenOf(ada), webSocketImpl: wire.webSocketImpl, onFault };
});
afterEach(() => stop());

async function live({ events }: Pick<Watching, 'events'>): Promise<void> {
  events.start();
  stop = () => events.stop();
  await until(() => events.getSnapshot() === 'live', 'it is live');
}

const becomes = (seen: () => unknown, expected: unknown) =>
  until(() => JSON.stringify(seen()) === JSON.stringify(expected), JSON.stringify(expected), seen);

describe.each<[string, (options: ParleyOptions) => Watching]>([
  ['Apollo', apollo],
  ['urql', urql],
])('%s', (_name, make) => {
  test('the number of members and the role of the viewer follow events', async ({ world, ada, grace }) => {
    const chat = await world.chat(ada, [grace]);
    const kit = make(options);
    const query = 'query ($id: ID!) { chat(id: $id) { __typename id position memberCount viewerRole } }';
    const seen = kit.watch(query, { id: chat });
    const shown = () => {
      const data = seen.data() as { chat: { memberCount: number; viewerRole: string } } | undefined;
      return data && [data.chat.memberCount, data.chat.viewerRole];
    };
    await becomes(shown, [2, 'OWNER']);
    await live(kit);
    const third = await world.server.user('third');
    await world.addMember(ada, chat, third);
    await becomes(shown, [3, 'OWNER']);
    await world.setRole(ada, chat, grace, 'OWNER');
    await becomes(shown, [3, 'ADMIN']);
    await world.removeMember(grace, chat, third);
    await becomes(shown, [2, 'ADMIN']);
  });

  interface Group {
    emoji: string;
    count: number;
    viewerHasReacted: boolean;
    users: { edges: { node: { id: string } }[] };
  }
  const ofMessage = (fields: string) => `query ($id: ID!) { node(id: $id) { __typename ... on Message {
    id position revision reactionGroups { ${fields} } } } }`;
  const groupsIn = (data: unknown) => (data as { node: { reactionGroups: Group[] } } | undefined)?.node.reactionGroups;

  test('reactions follow events, and are not fetched again', async ({ world, ada, grace }) => {
    const chat = await world.chat(ada, [grace]);
    const id = await world.send(grace, chat, 'm1');
    await world.react(grace, id, '❤️');
    await world.react(ada, id, '❤️');
    let requests = 0;
    const kit = make({
      ...options,
      fetch: (...request: Parameters<typeof fetch>) => {
        requests += 1;
        return fetch(...request);
      },
    });
    const seen = kit.watch(ofMessage('emoji count viewerHasReacted'), { id });
    const shown = () =>
      groupsIn(seen.data())?.map(({ emoji, count, viewerHasReacted }) => [emoji, count, viewerHasReacted]);
    await becomes(shown, [['❤️', 2, true]]);
    await live(kit);
    const asked = requests;
    await world.react(grace, id, '👍');
    // The reaction is added on another device of hers.
    await world.react(ada, id, '👍');
    await world.react(ada, id, '🎉');
    await becomes(shown, [
      ['❤️', 2, true],
      ['👍', 2, true],
      ['🎉', 1, true],
    ]);
    await world.unreact(ada, id, '❤️');
    await world.unreact(grace, id, '👍');
    await world.unreact(ada, id, '👍');
    await world.edit(grace, id, 'edited');
    await world.react(grace, id, '👍');
    await becomes(shown, [
      ['❤️', 1, false],
      ['🎉', 1, true],
      ['👍', 1, false],
    ]);
    expect(requests).toBe(asked);
  });

  test('the users who reacted are fetched again if they have changed', async ({ world, ada, grace }) => {
    const chat = await world.chat(ada, [grace]);
    const id = await world.send(grace, chat, 'm1');
    const kit = make(options);
    const seen = kit.watch(ofMessage('emoji count users(first: 5) { edges { node { id } } }'), { id });
    const shown = () =>
      groupsIn(seen.data())?.map(({ emoji, users }) => [emoji, users.edges.map(({ node }) => node.id === ada.id)]);
    await becomes(shown, []);
    await live(kit);
    await world.react(grace, id, '👍');
    await becomes(shown, [['👍', [false]]]);
    await world.react(ada, id, '👍');
    await becomes(shown, [['👍', [false, true]]]);
    await world.unreact(grace, id, '👍');
    await becomes(shown, [['👍', [true]]]);
  });

  test('a jump shows another part of the chat, pages extend it without a gap, and the newest page ends it', async ({
    world,
    ada,
    grace,
  }) => {
    const chat = await world.chat(ada, [grace]);
    const ids: string[] = [];
    for (let i = 1; i <= 12; i++) ids.push(await world.send(grace, chat, `m${i}`));
    const kit = make(options);
    const page = `query Page($id: ID!, $first: Int, $after: String, $last: Int, $before: String, $around: MessageAnchor) {
      chat(id: $id) { __typename id position
        messages(first: $first, after: $after, last: $last, before: $before, around: $around) {
          edges { cursor node { __typename id chatId type content position revision } }
          pageInfo { hasPreviousPage hasNextPage startCursor endCursor } } } }`;
    interface Page {
      chat: {
        messages: {
          edges: { node: { content: string } }[];
          pageInfo: { startCursor: string; endCursor: string };
        };
      };
    }
    const seen = kit.watch(page, { id: chat, last: 3 });
    const window = () => (seen.data() as Page | undefined)?.chat.messages;
    const shown = () => window()?.edges.map(({ node }) => node.content);
    const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `m${from + i}`);
    await becomes(shown, numbers(10, 12));
    await live(kit);

    await kit.ask(page, { id: chat, first: 4, around: { messageId: ids[4] } });
    await becomes(shown, numbers(3, 6));
    await world.send(grace, chat, 'm13');
    await kit.ask(page, { id: chat, last: 2, before: window()?.pageInfo.startCursor });
    await becomes(shown, numbers(1, 6));
    await kit.ask(page, { id: chat, first: 2, after: window()?.pageInfo.endCursor });
    await becomes(shown, numbers(1, 8));
    await kit.ask(page, { id: chat, first: 4, around: { messageId: ids[9] } });
    await becomes(shown, numbers(1, 11));

    await kit.ask(page, { id: chat, last: 1 });
    await becomes(shown, ['m13']);
    await world.send(grace, chat, 'm14');
    await becomes(shown, ['m13', 'm14']);
  });

  test('a line about the group is a message of the chat, but neither its last message nor activity', async ({
    world,
    ada,
    grace,
  }) => {
    const chat = await world.chat(ada, [grace]);
    await world.send(grace, chat, 'm1');
    const kit = make(options);
    const query = `query ($id: ID!) { chat(id: $id) { __typename id title position lastActivityAt
      lastMessage { __typename id content position revision }
      messages(last: 5) { edges { node { __typename id type position revision } } } } }`;
    interface Shown {
      chat: {
        title: string;
        lastActivityAt: string;
        lastMessage: { content: string };
        messages: { edges: { node: { type: string } }[] };
      };
    }
    const seen = kit.watch(query, { id: chat });
    const data = () => (seen.data() as Shown | undefined)?.chat;
    const shown = () => data() && [data()?.lastMessage.content, data()?.messages.edges.map(({ node }) => node.type)];
    await becomes(shown, ['m1', ['SYSTEM', 'TEXT']]);
    const before = data()?.lastActivityAt;
    await live(kit);
    await world.rename(ada, chat, 'New');
    await becomes(shown, ['m1', ['SYSTEM', 'TEXT', 'SYSTEM']]);
    expect(data()).toMatchObject({ title: 'New', lastActivityAt: before });
  });

  test('the unread state of a chat follows events', async ({ world, ada, grace }) => {
    const chat = await world.chat(grace, [ada]);
    const kit = make(options);
    const query = 'query ($id: ID!) { chat(id: $id) { __typename id position viewerState { version unreadCount } } }';
    const seen = kit.watch(query, { id: chat });
    const shown = () =>
      (seen.data() as { chat: { viewerState: { unreadCount: number } } } | undefined)?.chat.viewerState.unreadCount;
    await becomes(shown, 0);
    await live(kit);
    await world.send(grace, chat, 'm1');
    await becomes(shown, 1);
  });

  test('each filter has a list of its own, in the order of its answer', async ({ world, ada, grace }) => {
    const [first, second, plain] = [await world.chat(ada, [grace]), await world.chat(ada), await world.chat(ada)];
    for (const chat of [second, first]) await keep(ada, { id: chat }, { isPinned: true });
    const kit = make(options);
    const query = `query ($filter: ChatFilter) {
      chats(first: 10, filter: $filter) { edges { cursor node { __typename id position lastActivityAt } } } }`;
    const list = (variables: object) => {
      const seen = kit.watch(query, variables);
      return () => (seen.data() as ChatsData | undefined)?.chats.edges.map(({ node }) => node.id);
    };
    const pinned = list({ filter: { isPinned: true } });
    await becomes(pinned, [first, second]);
    const all = list({});
    await becomes(all, [plain, second, first]);
    await live(kit);
    await world.send(ada, second, 'm1');
    await becomes(all, [second, plain, first]);
    expect(pinned()).toEqual([first, second]);
    const added = await world.chat(grace, [ada]);
    await becomes(all, [added, second, plain, first]);
    expect(pinned()).toEqual([first, second]);
  });

  test("subscriptions run on the kit's own client, over its socket, and go on after a drop", async ({
    world,
    ada,
    grace,
  }) => {
    const chat = await world.chat(ada, [grace]);
    const kit = make(options);
    const deleted = kit.hear('subscription { chatDeleted { chatId } }');
    const created = kit.hear('subscription { messageCreated { id content position revision } }');
    await live(kit);
    // Nothing reports that a subscription is live, so events are caused until it receives one.
    const hears = (heard: unknown[], happens: () => Promise<unknown>) => {
      const before = heard.length;
      return expect.poll(() => happens().then(() => heard.length)).toBeGreaterThan(before);
    };
    await hears(created.heard, () => world.send(grace, chat, 'before'));
    wire.drop();
    await hears(created.heard, () => world.send(grace, chat, 'after'));
    await hears(deleted.heard, async () => world.deleteChat(ada, await world.chat(ada, [grace])));
    expect(JSON.stringify(created.heard)).toContain('after');
    expect([...deleted.errors, ...created.errors]).toEqual([]);
  });

  test('a subscription that is refused gets the reason', async () => {
    const kit = make(options);
    const { errors } = kit.hear('subscription { chatDeleted { nothing } }');
    await live(kit);
    await until(() => errors.length === 1, 'the error');
    expect(errors[0]).toContain('nothing');
  });

  test('a page of messages without positions is a clear error, and the query ends', async ({ world, ada, grace }) => {
    const chat = await world.chat(ada, [grace]);
    await world.send(grace, chat, 'm1');
    const kit = make(options);
    stop = () => kit.events.stop();
    const query =
      'query ($id: ID!) { chat(id: $id) { id position messages(last: 5) { edges { node { id content } } } } }';
    const seen = kit.watch(query, { id: chat });
    await until(() => seen.error() !== undefined, 'the error', seen.data);
    expect(seen.error()).toContain('select `id position revision`');
  });

  test('a required field that is not selected is reported once', async ({ world, ada, grace }) => {
    const chat = await world.chat(ada, [grace]);
    await world.send(grace, chat, 'm1');
    const kit = make(options);
    stop = () => kit.events.stop();
    const titles = kit.watch('query ($id: ID!) { chat(id: $id) { id title } }', { id: chat });
    const query = 'query ($id: ID!) { chat(id: $id) { id position lastMessage { id content position } } }';
    const last = kit.watch(query, { id: chat });
    await until(() => titles.data() !== undefined && last.data() !== undefined, 'both');
    expect(faults.sort()).toEqual([
      expect.stringContaining('on every Message: this result lacks `revision`'),
      expect.stringContaining('on every Chat: this result lacks `position`'),
    ]);
  });

  test('two page sizes of one list are reported', async ({ world, ada, grace }) => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const chat = await world.chat(ada, [grace]);
    const kit = make(options);
    stop = () => kit.events.stop();
    const query = `query ($id: ID!, $last: Int) { chat(id: $id) { id position messages(last: $last) {
      edges { node { id content position revision } } pageInfo { startCursor } } } }`;
    const many = kit.watch(query, { id: chat, last: make === apollo ? 50 : 49 });
    const few = kit.watch(query, { id: chat, last: 1 });
    await until(() => many.data() !== undefined && few.data() !== undefined, 'both');
    expect(warn.mock.calls.flat().filter((text) => String(text).includes('they are one list'))).toHaveLength(1);
    warn.mockRestore();
  });

  test('without a page, a relative address is an error that names it', () => {
    stop = () => undefined;
    expect(() => make({ ...options, url: '/graphql' })).toThrow('pass an absolute one');
  });
});

describe('a restored cache', () => {
  interface Place {
    world: World;
    ada: TestUser;
    grace: TestUser;
  }

  async function extracted({ world, ada, grace }: Place) {
    const chat = await world.chat(ada, [grace]);
    await world.send(grace, chat, 'm1');
    const parley = createApollo(options);
    await parley.client.query({ query: apolloGql(CHAT), variables: { id: chat } });
    await live(parley);
    await world.send(grace, chat, 'm2');
    await until(() => parley.events.positions.get(chat) === 4, 'm2');
    const kept = { cache: parley.cache.extract(), positions: parley.events.positions.toJSON() };
    parley.events.stop();
    await world.send(grace, chat, 'm3');
    await world.send(grace, chat, 'm4');
    return { chat, ...kept };
  }

  async function restore(place: Place, positions: ParleyOptions['positions']): Promise<void> {
    const { chat, ...kept } = await extracted(place);
    const parley = createApollo({ ...options, ...(positions && { positions: kept.positions }) });
    parley.cache.restore(kept.cache);
    let texts: unknown;
    parley.client
      .watchQuery<{ chat: { messages: { edges: { node: { type: string; content: string } }[] } } }>({
        query: apolloGql(CHAT),
        variables: { id: chat },
      })
      .subscribe((result) => {
        texts =
          result.dataState === 'complete' &&
          result.data.chat.messages.edges.flatMap(({ node }) => (node.type === 'SYSTEM' ? [] : [node.content]));
      });
    await live(parley);
    await place.world.send(place.grace, chat, 'live again');
    await becomes(() => texts, ['m1', 'm2', 'm3', 'm4', 'live again']);
  }

  test('with its positions continues from there', ({ world, ada, grace }) => restore({ world, ada, grace }, []));
  test('without them hides no gap', ({ world, ada, grace }) => restore({ world, ada, grace }, undefined));

  test('is refused if the lists of the kit would not be restored with it', () => {
    stop = () => undefined;
    const storage = { readData: () => Promise.resolve({}), writeData: () => Promise.resolve() };
    expect(() => createUrql({ ...options, graphcache: { storage } })).toThrow('graphcache.storage is not supported');
  });
});
