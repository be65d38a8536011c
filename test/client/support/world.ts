import type { TokenSource } from '../../../client/core.ts';
import { decodeId } from '../../../src/graphql/ids.ts';
import { startTestServer, type TestServer, type TestUser } from '../../support/app.ts';

const field = (name: string, selection = '') =>
  `mutation ($input: ${name.charAt(0).toUpperCase()}${name.slice(1)}Input!) {
    ${name}(input: $input) { __typename ${selection} ... on Error { code message } }
  }`;

const rowOf = (globalId: string) => decodeId(globalId)?.id ?? '';

export const tokenOf = ({ token }: TestUser): TokenSource => ({
  accessToken: () => token,
  refresh: () => Promise.resolve(token),
});

/** A real server, and the actions of other people there. */
export class World {
  readonly server: TestServer;

  constructor(server: TestServer) {
    this.server = server;
  }

  static async start(): Promise<World> {
    return new World(await startTestServer());
  }

  async chat(creator: TestUser, others: TestUser[] = [], title = 'Chat'): Promise<string> {
    const input = { kind: 'GROUP', title, memberIds: others.map(({ id }) => id) };
    return (await this.#do(creator, 'createChat', input, '... on Chat { id }')).id as string;
  }

  async send(author: TestUser, chatId: string, content: string): Promise<string> {
    return (await this.#do(author, 'sendMessage', { chatId, content }, '... on Message { id }')).id as string;
  }

  async mention(author: TestUser, chatId: string, user: TestUser): Promise<void> {
    await this.#do(author, 'sendMessage', { chatId, content: 'Look', mentionedUserIds: [user.id] });
  }

  async draft(user: TestUser, chatId: string, content: string): Promise<void> {
    await this.#do(user, 'saveDraft', { chatId, content });
  }

  async deleteDraft(user: TestUser, chatId: string): Promise<void> {
    await this.#do(user, 'deleteDraft', { chatId });
  }

  async edit(author: TestUser, messageId: string, content: string): Promise<void> {
    await this.#do(author, 'editMessage', { messageId, content });
  }

  async delete(author: TestUser, messageId: string): Promise<void> {
    await this.#do(author, 'deleteMessage', { messageId });
  }

  async react(user: TestUser, messageId: string, emoji: string): Promise<void> {
    await user.ask('mutation ($input: ReactionInput!) { addReaction(input: $input) { __typename } }', {
      input: { messageId, emoji },
    });
  }

  async unreact(user: TestUser, messageId: string, emoji: string): Promise<void> {
    await user.ask('mutation ($input: ReactionInput!) { removeReaction(input: $input) { __typename } }', {
      input: { messageId, emoji },
    });
  }

  async rename(user: TestUser, chatId: string, title: string): Promise<void> {
    await this.#do(user, 'updateChat', { chatId, title });
  }

  async addMember(by: TestUser, chatId: string, user: TestUser): Promise<void> {
    await this.#do(by, 'addChatMembers', { chatId, userIds: [user.id] });
  }

  async removeMember(by: TestUser, chatId: string, user: TestUser): Promise<void> {
    await this.#do(by, 'removeChatMember', { chatId, userId: user.id });
  }

  async setRole(by: TestUser, chatId: string, user: TestUser, role: string): Promise<void> {
    await this.#do(by, 'setChatMemberRole', { chatId, userId: user.id, role });
  }

  async deleteChat(by: TestUser, chatId: string): Promise<void> {
    await this.#do(by, 'deleteChat', { chatId });
  }

  async setDefaultNotifications(user: TestUser, defaultNotifications: string): Promise<void> {
    await this.#do(user, 'updateViewerSettings', { defaultNotifications });
  }

  async position(user: TestUser, chatId: string): Promise<number> {
    const chat = await user.ask('query ($id: ID!) { chat(id: $id) { position } }', { id: chatId });
    return chat.position as number;
  }

  /** Removes the chat's log up to its end, as retention does. */
  async trim(chatId: string): Promise<void> {
    await this.server.database.db.event.deleteMany({ where: { chatId: rowOf(chatId) } });
  }

  /** Removes everything of the chat, as a purge does. */
  async purge(chatId: string): Promise<void> {
    const id = rowOf(chatId);
    await this.server.database.db.message.deleteMany({ where: { chatId: id } });
    await this.server.database.db.chat.delete({ where: { id } });
  }

  /** Restores a backup that does not have the newest edit. */
  async restore(messageId: string, content: string, revision: number): Promise<void> {
    await this.server.database.db.message.update({ where: { id: rowOf(messageId) }, data: { content, revision } });
  }

  /** Restores a backup in which the user had not yet read the chat. */
  async unreadInBackup(user: TestUser, chatId: string): Promise<void> {
    const { db } = this.server.database;
    await db.viewerChatState.deleteMany({ where: { userId: user.rowId, chatId: rowOf(chatId) } });
    await db.viewerVersion.update({ where: { userId: user.rowId }, data: { version: 0 } });
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  async #do(user: TestUser, name: string, input: object, selection?: string): Promise<Record<string, unknown>> {
    const answer = await user.ask(field(name, selection), { input });
    if (answer.code) throw new Error(JSON.stringify(answer));
    return answer;
  }
}
