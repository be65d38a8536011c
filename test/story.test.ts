import { expect } from 'vitest';
import { withTwoServers } from './support/test.ts';

const test = withTwoServers();

const CREATE = `mutation ($input: CreateChatInput!) { createChat(input: $input) { ... on Chat { id } ... on Error { code message } } }`;
const SEND = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { ... on Message { id content reactions { emoji } } ... on Error { code message } } }`;

test('a chat that A deletes disappears for B at once, on every device', async ({ one, two }) => {
  const a = await one.user('ada');
  const b = (await one.user('grace')).at(two);
  const chat = await a.ask(CREATE, { input: { kind: 'DIRECT', memberIds: [b.id] } });

  const devices = [];
  for (const user of [a, a.at(two), b, b.at(one)]) {
    devices.push(await user.follow('subscription { chatDeleted { id deletedBy { id } } }'));
  }

  await a.ask('mutation ($input: DeleteChatInput!) { deleteChat(input: $input) { __typename } }', {
    input: { chatId: chat.id },
  });

  for (const deleted of devices) {
    expect(await deleted.count(1)).toEqual([{ id: chat.id, deletedBy: { id: a.id } }]);
  }
  expect(await b.ask('{ chats { edges { node { id } } } }')).toEqual({ edges: [] });
  expect(await b.ask(SEND, { input: { chatId: chat.id, content: 'still there?' } })).toMatchObject({
    code: 'NOT_FOUND',
  });
});
