import { pino } from 'pino';
import { expect } from 'vitest';
import { rowId } from '../src/graphql/ids.ts';
import { direct, group, send } from './support/documents.ts';
import { socketClient } from './support/stream.ts';
import { withTwoServers } from './support/test.ts';
import { until } from './support/until.ts';

type Line = Record<string, unknown>;

let lines: Line[] = [];

const logger = pino({ level: 'info' }, { write: (line) => void lines.push(JSON.parse(line) as Line) });
const test = withTwoServers({ logger });

const SEND = `mutation Say($chatId: ID!, $content: String!) {
  sendMessage(input: { chatId: $chatId, content: $content }) { __typename ... on Error { code } }
}`;
const mutations = () => lines.filter(({ msg }) => msg === 'mutation');

test('a mutation writes one line: user, mutation, chat, duration and result', async ({ ada, grace }) => {
  const chat = await group(ada, grace);
  lines = [];
  const headers = {
    'x-request-id': 'checkout-42',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  };
  const answer = await ada.request(SEND, { chatId: chat.id, content: 'a secret word' }, headers);

  expect(answer.headers.get('x-request-id')).toBe('checkout-42');
  expect(mutations()).toEqual([
    expect.objectContaining({
      level: 30,
      requestId: 'checkout-42',
      traceId: '0af7651916cd43dd8448eb211c80319c',
      mutation: 'sendMessage',
      operation: 'Say',
      userId: ada.rowId,
      chatId: rowId('Chat', chat.id),
      ms: expect.any(Number) as number,
      outcome: 'OK',
    }),
  ]);
  expect(JSON.stringify(lines)).not.toContain('secret word');
});

test('the line says whether the mutation was refused, failed or was repeated', async ({ one, ada }) => {
  const chat = await group(ada);
  lines = [];
  const stranger = await one.user();
  await stranger.request(SEND, { chatId: chat.id, content: 'x' });
  await one.stranger().request(SEND, { chatId: chat.id, content: 'x' });
  for (let i = 0; i < 2; i++) {
    await ada.request(SEND, { chatId: chat.id, content: 'x' }, { 'idempotency-key': 'once' });
  }
  expect(mutations().map(({ outcome }) => outcome)).toEqual(['FORBIDDEN', 'UnauthenticatedError', 'OK', 'REPLAYED']);
});

test('a request without a usable id of its own gets one, and every answer names it', async ({ one, ada }) => {
  const ids = await Promise.all(
    [{}, { 'x-request-id': 'two words' }, { 'x-request-id': 'x'.repeat(65) }].map(
      async (headers: Record<string, string>) =>
        (await ada.request('{ __typename }', {}, headers)).headers.get('x-request-id'),
    ),
  );
  for (const id of ids) expect(id).toMatch(/^[0-9a-f-]{36}$/);
  expect(new Set(ids).size).toBe(3);
  const health = await fetch(new URL('/health', one.url), { headers: { 'x-request-id': 'probe' } });
  expect(health.headers.get('x-request-id')).toBe('probe');
});

test('over WebSocket the id of the request is in the extensions', async ({ one, ada }) => {
  const chat = await group(ada);
  lines = [];
  const client = socketClient(one.app.port, ada.token);
  await new Promise<void>((resolve, reject) => {
    const request = {
      query: SEND,
      variables: { chatId: chat.id, content: 'x' },
      extensions: { requestId: 'from-a-socket' },
    };
    client.subscribe(request, { next: () => {}, error: reject, complete: resolve });
  });
  await client.dispose();
  expect(mutations()).toMatchObject([{ requestId: 'from-a-socket', mutation: 'sendMessage', outcome: 'OK' }]);
});

test('the deletion of a chat logs the number of members, and each server the number of subscribers that it reached', async ({
  one,
  two,
  ada,
  grace,
}) => {
  const chat = await direct(ada, grace);
  await send(ada, chat);
  const streams = [ada, grace, grace.at(two)].map((user) => user.subscribe('subscription { events { __typename } }'));
  for (const stream of streams) await stream.item(({ __typename }) => __typename === 'CaughtUp');
  lines = [];
  await ada.request(
    'mutation ($id: ID!) { deleteChat(input: { chatId: $id }) { __typename } }',
    { id: chat.id },
    { 'x-request-id': 'the-end' },
  );
  for (const stream of streams) await stream.item(({ __typename }) => __typename === 'ChatDeleted');

  const ofChat = { requestId: 'the-end', chatId: rowId('Chat', chat.id) };
  expect(mutations()).toMatchObject([{ ...ofChat, mutation: 'deleteChat', outcome: 'OK', participants: 2 }]);
  const told = () => lines.filter(({ msg }) => msg === 'told the subscribers here of a deletion');
  const servers = one === two ? 1 : 2;
  await until(
    () => told().length === servers,
    () => JSON.stringify(lines),
  );
  expect(told()).toEqual(told().map(() => expect.objectContaining(ofChat) as object));
  expect(told().reduce((sum, { subscribers }) => sum + Number(subscribers), 0)).toBe(3);
});

test('read marks write no line at level info', async ({ ada }) => {
  const chat = await group(ada);
  lines = [];
  await ada.ask(
    'mutation ($id: ID!) { markChatRead(input: { chatId: $id, position: 1 }) { __typename ... on Error { code } } }',
    { id: chat.id },
  );
  expect(mutations()).toEqual([]);
});
