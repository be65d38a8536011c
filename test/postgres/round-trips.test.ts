import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer, type TestUser } from '../support/app.ts';
import { does, group, send, type Chat, type Mutation } from '../support/documents.ts';
import { recordStatements } from '../support/statements.ts';

let server: TestServer;
let viewer: TestUser;

beforeAll(async () => {
  server = await startTestServer();
  viewer = await server.user('viewer');
});
afterAll(() => server.stop());

test.each<[Mutation, (chat: Chat, messageId: string) => object]>([
  ['updateChat', ({ id }) => ({ chatId: id, title: 'Renamed' })],
  ['editMessage', (_, messageId) => ({ messageId, content: 'edited' })],
  ['addReaction', (_, messageId) => ({ messageId, emoji: '🎉' })],
  ['removeReaction', (_, messageId) => ({ messageId, emoji: '🎉' })],
  ['deleteMessage', (_, messageId) => ({ messageId })],
  ['deleteChat', ({ id }) => ({ chatId: id })],
])('%s takes at most three round trips to the database while it holds the chat’s lock', async (mutation, input) => {
  const chat = await group(viewer);
  const { id } = await send(viewer, chat);
  if (mutation === 'removeReaction') await does(viewer, 'addReaction', { messageId: id, emoji: '🎉' });
  const statements = await recordStatements(() => does(viewer, mutation, input(chat, id), randomUUID()));
  const isLock = (sql: string) => sql.includes('FOR NO KEY UPDATE');
  const ofChange = statements.find((sqls) => sqls.some(isLock)) ?? [];
  const locked = ofChange.findIndex(isLock);
  const released = ofChange.indexOf('COMMIT', locked);
  expect(ofChange.slice(locked + 1, released + 1)).toHaveLength(3);
});
