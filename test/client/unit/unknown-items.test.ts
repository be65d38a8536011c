import { gql as apolloGql } from '@apollo/client';
import { gql as urqlGql } from '@urql/core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createParley as createApollo } from '../../../client/apollo.ts';
import type { EventStream, StreamItem } from '../../../client/core.ts';
import type { ParleyOptions } from '../../../client/options.ts';
import { createParley as createUrql } from '../../../client/urql.ts';
import { FakeSocket } from '../support/fake-socket.ts';

const CHAT = `query ($id: ID!) {
  chat(id: $id) { __typename id title position messages(last: 5) {
    __typename edges { __typename cursor node { __typename id chatId content position revision } } pageInfo { __typename startCursor }
  } }
}`;

let title: string;
let asked: string[];
let events: EventStream<StreamItem>;
let shown: () => unknown;
let position: number;

/** A server that returns the present chat. */
const answer = (_input: unknown, init?: { body?: unknown }) => {
  const { variables } = JSON.parse(init?.body as string) as { variables: { id: string } };
  asked.push(variables.id);
  const node = { __typename: 'Message', id: `message of ${variables.id}`, chatId: variables.id, content: title };
  const edge = { __typename: 'MessageEdge', cursor: '1', node: { ...node, position: 1, revision: position } };
  const pageInfo = { __typename: 'PageInfo', startCursor: '1' };
  const messages = { __typename: 'MessageConnection', edges: [edge], pageInfo };
  const chat = { __typename: 'Chat', id: variables.id, title, position, messages };
  return Promise.resolve(Response.json({ data: { chat } }));
};

type Kit = (options: ParleyOptions) => { events: EventStream<StreamItem>; watch(id: string): () => unknown };

const apollo: Kit = (options) => {
  const parley = createApollo(options);
  return {
    events: parley.events,
    watch(id) {
      const query = parley.client.watchQuery<{ chat: { title: string } }>({
        query: apolloGql(CHAT),
        variables: { id },
      });
      query.subscribe(() => undefined);
      return () => query.getCurrentResult().data?.chat?.title;
    },
  };
};

const urql: Kit = (options) => {
  const parley = createUrql(options);
  return {
    events: parley.events,
    watch(id) {
      let data: { chat: { title: string } } | undefined;
      parley.client.query<{ chat: { title: string } }>(urqlGql(CHAT), { id }).subscribe((result) => {
        data = result.data;
      });
      return () => data?.chat.title;
    },
  };
};

const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

describe.each([
  ['Apollo', apollo],
  ['urql', urql],
])('%s', (_name, make) => {
  beforeEach(async () => {
    vi.useFakeTimers();
    FakeSocket.opened = [];
    title = 'before';
    asked = [];
    position = 5;
    const kit = make({
      url: 'http://parley.test/graphql',
      auth: { accessToken: () => 'opaque', refresh: () => Promise.resolve('opaque') },
      viewerId: 'ada',
      fetch: answer,
      webSocketImpl: FakeSocket as unknown as typeof WebSocket,
    });
    ({ events } = kit);
    shown = kit.watch('chat');
    kit.watch('other');
    await pass(10);
    events.start();
    await pass();
    FakeSocket.last.accept().caughtUp();
    await pass(10);
    expect([...asked].sort()).toEqual(['chat', 'other']);
    asked = [];
    title = 'after';
  });
  afterEach(() => {
    events.stop();
    vi.useRealTimers();
  });

  const comes = (__typename: string, chatId = 'chat') =>
    FakeSocket.last.item({ __typename, occurredAt: new Date().toISOString(), chatId, position: ++position });

  test.each(['EventSkipped', 'MessagePinned'])(
    '%s advances the position, and only its chat is fetched again',
    async (type) => {
      const heard: string[] = [];
      events.onItem(({ __typename }) => heard.push(__typename));
      comes(type);
      await pass(10);
      expect(asked).toEqual(['chat']);
      expect(shown()).toBe('after');
      expect(events.positions.get('chat')).toBe(6);
      expect(heard).toEqual([type]);
    },
  );

  test('many of them cause at most one fetch a second', async () => {
    for (let item = 0; item < 20; item++) {
      comes('MessagePinned');
      await pass(100);
    }
    await pass(2_000);
    expect(asked.length).toBeGreaterThanOrEqual(2);
    expect(asked.length).toBeLessThanOrEqual(3);
    expect(events.positions.get('chat')).toBe(25);
    title = 'later';
    comes('EventSkipped');
    await pass(10);
    expect(shown()).toBe('later');
  });

  test('an item of a chat without a position is announced and changes no position', async () => {
    const heard: string[] = [];
    events.onItem(({ __typename }) => heard.push(__typename));
    FakeSocket.last.item({ __typename: 'TypingStarted', chatId: 'new' });
    await pass(10);
    expect(heard).toEqual(['TypingStarted']);
    expect(events.positions.get('new')).toBeUndefined();
  });
});
