import { getNullableType, isUnionType, type GraphQLField } from 'graphql';
import { schema } from '../../src/schema.ts';
import type { TestUser } from './app.ts';

const CHAT = 'id kind title createdBy { id } createdAt updatedAt position lastActivityAt';
const MESSAGE =
  'id chatId authorId type content payload status createdAt updatedAt replyToId position revision isDeleted deletedAt reactions { id emoji user { id } }';
/** The selection of the tests for each type that a mutation may return, beside `__typename`. */
const selections: Record<string, string> = {
  Chat: CHAT,
  Message: MESSAGE,
  ChatDeleted: 'id chatId position deletedBy { id }',
  MemberRemoved: 'chatId position user { id } removedBy { id }',
};
const ERROR = '... on Error { code message } ... on InvalidInputError { field }';

const mutations = schema.getMutationType()!.getFields();
function successOf({ type }: GraphQLField<unknown, unknown>): string | undefined {
  const answer = getNullableType(type);
  return isUnionType(answer) ? answer.getTypes().find(({ name }) => name in selections)?.name : undefined;
}

/** The names of all mutations that change a chat or its content. */
export const mutationNames = Object.keys(mutations).filter((name) => successOf(mutations[name]!)) as Mutation[];

export function mutation(name: Mutation): string {
  const field = mutations[name]!;
  const success = successOf(field)!;
  return `mutation ($input: ${String(field.args[0]!.type)}) {
    ${name}(input: $input) { __typename ... on ${success} { ${selections[success]!} } ${ERROR} } }`;
}

export interface Chat {
  id: string;
  kind: string;
  title: string | null;
  position: number;
  lastActivityAt: string;
}

export interface Message {
  id: string;
  chatId: string;
  content: string | null;
  payload: unknown;
  createdAt: string;
  updatedAt: string | null;
  position: number;
  revision: number;
  isDeleted: boolean;
  reactions: { id: string; emoji: string; user: { id: string } }[];
}

/** The end of a chat, or of a membership. */
export interface Ending {
  chatId: string;
  position: number;
}

interface Successes {
  createChat: Chat;
  updateChat: Chat;
  deleteChat: Ending;
  addChatMembers: Chat;
  removeChatMember: Ending;
  setChatMemberRole: Chat;
  sendMessage: Message;
  editMessage: Message;
  deleteMessage: Message;
  addReaction: Message;
  removeReaction: Message;
}

export type Mutation = keyof Successes;

/** Runs a mutation, and returns its success or its expected failure. */
export const attempt = (
  user: TestUser,
  name: Mutation,
  input: object,
  key?: string,
): Promise<Record<string, unknown>> =>
  user.ask(mutation(name), { input }, key === undefined ? {} : { 'idempotency-key': key });

/** Runs a mutation that must succeed. */
export async function does<M extends Mutation>(
  user: TestUser,
  name: M,
  input: object,
  key?: string,
): Promise<Successes[M]> {
  const answer = await attempt(user, name, input, key);
  if ('code' in answer) throw new Error(`${name}: ${JSON.stringify(answer)}`);
  return answer as unknown as Successes[M];
}

/** Creates a group with this owner and these members. */
export const group = (owner: TestUser, ...members: TestUser[]): Promise<Chat> =>
  does(owner, 'createChat', { kind: 'GROUP', title: 'Plans', memberIds: members.map(({ id }) => id) });

export const direct = (user: TestUser, other: TestUser): Promise<Chat> =>
  does(user, 'createChat', { kind: 'DIRECT', memberIds: [other.id] });

export const send = (author: TestUser, { id }: { id: string }, content = 'hello'): Promise<Message> =>
  does(author, 'sendMessage', { chatId: id, content });

/** Removes a member from a chat. */
export const remove = (user: TestUser, { id }: { id: string }, member: TestUser): Promise<Ending> =>
  does(user, 'removeChatMember', { chatId: id, userId: member.id });

export const add = (user: TestUser, { id }: { id: string }, ...members: TestUser[]): Promise<Chat> =>
  does(user, 'addChatMembers', { chatId: id, userIds: members.map((member) => member.id) });

/** Reads a chat as a user sees it; null if the user is not a member. */
export const readChat = (user: TestUser, id: string): Promise<Chat | null> =>
  user.ask<Chat | null>(`query ($id: ID!) { chat(id: $id) { ${CHAT} } }`, { id });

export const readMessage = (user: TestUser, id: string): Promise<Message | null> =>
  user.ask<Message | null>(`query ($id: ID!) { node(id: $id) { ... on Message { ${MESSAGE} } } }`, { id });

/** The contents of a chat's messages, without lines about the group. */
export async function contents(user: TestUser, { id }: { id: string }): Promise<(string | null)[]> {
  const { messages } = await user.ask<{ messages: { edges: { node: { type: string; content: string | null } }[] } }>(
    'query ($id: ID!) { chat(id: $id) { messages { edges { node { type content } } } } }',
    { id },
  );
  return messages.edges.flatMap(({ node }) => (node.type === 'SYSTEM' ? [] : [node.content]));
}

/** The members of a chat with their roles, by username. */
export async function roles(user: TestUser, { id }: { id: string }): Promise<Record<string, string>> {
  const { members } = await user.ask<{ members: { edges: { node: { role: string; user: { username: string } } }[] } }>(
    'query ($id: ID!) { chat(id: $id) { members(first: 100) { edges { node { role user { username } } } } } }',
    { id },
  );
  return Object.fromEntries(members.edges.map(({ node }) => [node.user.username, node.role]));
}

export const EVENTS = `subscription ($since: [ChatPositionInput!]) { events(since: $since) {
  __typename
  ... on Event { chatId position }
  ... on MessageCreated { message { id content reactions { emoji } author { displayName } } }
  ... on MessageEdited { message { id content revision reactions { emoji } } }
  ... on MessageDeleted { message { id content isDeleted } deletedBy { id } }
  ... on ReactionAdded { message { id reactions { emoji } } reaction { emoji user { id } } }
  ... on ReactionRemoved { message { id reactions { emoji } } emoji user { id } }
  ... on MemberAdded { user { id } role chat { id } }
  ... on MemberRemoved { user { id } removedBy { id } }
  ... on ChatAdded { chat { id position } }
  ... on ChatUpdated { chat { id title } }
  ... on ChatDeleted { id deletedBy { id } }
  ... on ChatGone { chatId }
} }`;
