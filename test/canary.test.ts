import { expect } from 'vitest';
import { encodeId } from '../src/graphql/ids.ts';
import { test } from './support/test.ts';
import { attempt, readChat } from './support/documents.ts';
import { until } from './support/until.ts';

test('the chat of the canary has no members and no creator', async ({ server }) => {
  const { db } = server.database;
  const findCanary = () => db.chat.findFirst({ where: { createdById: null } });
  await until(async () => (await findCanary()) !== null);
  const id = encodeId('Chat', (await findCanary())!.id);
  const user = await server.user();

  expect(await readChat(user, id)).toBeNull();
  expect(await attempt(user, 'sendMessage', { chatId: id, content: 'hello' })).toMatchObject({ code: 'NOT_FOUND' });
  expect(await user.ask('{ users(search: "canary") { edges { node { id } } } }')).toEqual({ edges: [] });
});
