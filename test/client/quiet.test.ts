import { gql } from '@urql/core';
import type { CacheExchangeOpts } from '@urql/exchange-graphcache';
import { expect, vi } from 'vitest';
import { FaultyWire } from './support/faults.ts';
import { until } from './support/kit.ts';
import { CHAT, CHATS, CREATE, SEND } from './support/queries.ts';
import { test } from './support/test.ts';
import { tokenOf } from './support/world.ts';

// graphcache prints each warning once, so this file loads a copy that has not printed any.
vi.resetModules();
const { createParley } = await import('../../client/urql.ts');

test('urql prints no warning for lists, events of several kinds, and sent and refused messages', async ({
  world,
  ada,
  grace,
}) => {
  const said = [
    vi.spyOn(console, 'warn').mockImplementation(() => undefined),
    vi.spyOn(console, 'error').mockImplementation(() => undefined),
  ];
  const chat = await world.chat(grace, [ada]);
  const { webSocketImpl } = new FaultyWire();
  const { client, events, outbox } = createParley({ url: ada.server.url, auth: tokenOf(ada), webSocketImpl });
  const heard: string[] = [];
  events.onItem(({ __typename }) => heard.push(__typename));

  client.query(gql(CHATS), {}).subscribe(() => undefined);
  client.query(gql(CHAT), { id: chat }).subscribe(() => undefined);
  events.start();
  await until(() => events.getSnapshot() === 'live', 'it is live');
  const message = await world.send(grace, chat, 'hello');
  await world.edit(grace, message, 'hello there');
  await outbox.send({ chatId: chat, content: 'hi' });
  await client.mutation(gql(SEND), { input: { chatId: chat, content: '' } }).toPromise();
  await world.addMember(grace, chat, await world.server.user('third'));
  await world.deleteChat(grace, chat);
  await until(
    () => heard.includes('ChatDeleted'), // the mark of the sent message may arrive after it
    'the deletion',
    () => heard,
  );
  events.stop();

  expect(said.flatMap(({ mock }) => mock.calls.flat())).toEqual([]);
});

test("a fault of an app's own update is still printed", async ({ ada }) => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const graphcache: CacheExchangeOpts = {
    updates: {
      Mutation: {
        createChat(_data, _args, cache) {
          cache.updateQuery({ query: gql('{ viewer { id displayName } }') }, () => ({
            viewer: { __typename: 'User', id: ada.id },
          }));
        },
      },
    },
  };
  const { client } = createParley({ url: ada.server.url, auth: tokenOf(ada), graphcache });
  const input = { kind: 'GROUP', title: 'Chat', memberIds: [] };
  await client.mutation(gql(CREATE), { input }).toPromise();
  expect(warn.mock.calls.flat().join('\n')).toContain('The field at `displayName`');
});
