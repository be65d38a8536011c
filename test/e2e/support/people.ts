import { randomBytes } from 'node:crypto';

export interface Person {
  id: string;
  username: string;
  displayName: string;
  password: string;
  token: string;
}

/** Asks the API as a frontend would, without a browser. A refusal is a failure of the test. */
export async function ask<T>(url: string, token: string | null, query: string, variables: object = {}): Promise<T> {
  const response = await fetch(`${url}/graphql`, {
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

export async function signUp(url: string, displayName: string): Promise<Person> {
  const username = `${displayName.toLowerCase()}_${randomBytes(4).toString('hex')}`;
  const password = 'correct horse battery';
  const { signUp: session } = await ask<{ signUp: { accessToken: string; user: { id: string } } }>(
    url,
    null,
    `mutation ($input: SignUpInput!) { signUp(input: $input) { ... on Session { accessToken user { id } } ${error} } }`,
    { input: { username, password, displayName } },
  );
  return { id: session.user.id, username, displayName, password, token: session.accessToken };
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

export async function send(url: string, author: Person, chatId: string, content: string): Promise<string> {
  const { sendMessage } = await ask<{ sendMessage: { id: string } }>(
    url,
    author.token,
    `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { ... on Message { id } ${error} } }`,
    { input: { chatId, content } },
  );
  return sendMessage.id;
}

/** The newest messages of a chat as the server has them, oldest first. */
export async function storedMessages(url: string, reader: Person, chatId: string): Promise<(string | null)[]> {
  type Answer = { chat: { messages: { edges: { node: { content: string | null } }[] } } };
  const { chat } = await ask<Answer>(
    url,
    reader.token,
    'query ($id: ID!) { chat(id: $id) { messages(last: 100) { edges { node { content } } } } }',
    { id: chatId },
  );
  return chat.messages.edges.map(({ node }) => node.content);
}
