import { randomBytes } from 'node:crypto';

export interface Person {
  id: string;
  username: string;
  displayName: string;
  password: string;
  token: string;
}

/** Sends an operation to the API as a frontend would, without a browser. A refusal fails the test. */
export async function ask<T>(url: string, token: string | null, query: string, variables: object = {}): Promise<T> {
  const response = await fetch(new URL('/graphql', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as {
    data: Record<string, { code?: string }> | null;
    errors?: unknown;
  };
  const refusal = Object.values(data ?? {}).find((result) => result?.code);
  if (errors || refusal) throw new Error(JSON.stringify(errors ?? refusal));
  return data as T;
}

const error = '... on Error { code message }';

export async function signUp(
  url: string,
  displayName: string,
  username = `${displayName.toLowerCase()}_${randomBytes(4).toString('hex')}`,
): Promise<Person> {
  const password = 'correct horse battery';
  const { signUp: session } = await ask<{ signUp: { accessToken: string; user: { id: string } } }>(
    url,
    null,
    `mutation ($input: SignUpInput!) { signUp(input: $input) { ... on Session { accessToken user { id } } ${error} } }`,
    { input: { username, password, displayName } },
  );
  return { id: session.user.id, username, displayName, password, token: session.accessToken };
}

/** Signs in, and returns the session as the client kit stores it. */
export async function signInAt(url: string, username: string, password: string): Promise<object> {
  const { signIn } = await ask<{ signIn: object }>(
    url,
    null,
    `mutation ($input: SignInInput!) { signIn(input: $input) {
      ... on Session { accessToken refreshToken expiresAt user { id username displayName } } ${error} } }`,
    { input: { username, password } },
  );
  return signIn;
}

export async function createGroup(url: string, owner: Person, title: string, members: Person[]): Promise<string> {
  const { createChat } = await ask<{ createChat: { id: string } }>(
    url,
    owner.token,
    `mutation ($input: CreateChatInput!) { createChat(input: $input) { ... on Chat { id } ${error} } }`,
    { input: { kind: 'GROUP', title, memberIds: members.map(({ id }) => id) } },
  );
  return createChat.id;
}

/** The ids of the person's chats, latest first. */
export async function chatsOf(url: string, { token }: Person): Promise<string[]> {
  type Answer = { chats: { edges: { node: { id: string } }[] } };
  const { chats } = await ask<Answer>(url, token, '{ chats(first: 10) { edges { node { id } } } }');
  return chats.edges.map(({ node }) => node.id);
}

export const send = (url: string, author: Person, chatId: string, content: string) =>
  reply(url, author, chatId, content, null);

/** Sends a message, optionally in reply to another. */
export async function reply(
  url: string,
  author: Person,
  chatId: string,
  content: string,
  replyToId: string | null,
): Promise<string> {
  const { sendMessage } = await ask<{ sendMessage: { id: string } }>(
    url,
    author.token,
    `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { ... on Message { id } ${error} } }`,
    { input: { chatId, content, replyToId } },
  );
  return sendMessage.id;
}

export async function react(url: string, { token }: Person, messageId: string, emoji: string): Promise<void> {
  const query = `mutation ($input: ReactionInput!) { addReaction(input: $input) { __typename ${error} } }`;
  await ask(url, token, query, { input: { messageId, emoji } });
}

/** The texts of people, without lines about the group. */
export async function storedMessages(url: string, reader: Person, chatId: string): Promise<(string | null)[]> {
  type Answer = { chat: { messages: { edges: { node: { type: string; content: string | null } }[] } } };
  const { chat } = await ask<Answer>(
    url,
    reader.token,
    'query ($id: ID!) { chat(id: $id) { messages(last: 100) { edges { node { type content } } } } }',
    { id: chatId },
  );
  return chat.messages.edges.flatMap(({ node }) => (node.type === 'SYSTEM' ? [] : [node.content]));
}
