import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PrismaClient } from '../../src/database/generated/client.ts';
import { encodeId } from '../../src/graphql/ids.ts';
import { tokenFor } from '../support/app.ts';
import { until } from '../support/until.ts';
import { ModelClient } from './client.ts';
import type { Cluster } from './cluster.ts';
import { mutations } from './documents.ts';
import type { History, Step } from './history.ts';

const EMOJI = ['👍', '❤️', '🎉', '😀'];
const TITLES = ['Lunch', 'Dinner', 'Breakfast'];

interface User {
  rowId: string;
  id: string;
  token: string;
}

interface Answer {
  __typename: string;
  id?: string;
  code?: string;
}

/** One history as it happens: users, their clients, and what the servers have acknowledged. */
export class World {
  readonly users: User[] = [];
  readonly clients: ModelClient[] = [];
  /** Ids of messages that were acknowledged, by what they said. */
  readonly acknowledged = new Map<string, string>();
  /**
   * Sends whose answer a dying server took with it and whose retry was refused: the message may have been written, and
   * its chat closed to its author since.
   */
  inDoubt = 0;
  /** Whatever went wrong at once, and cannot be excused. */
  readonly faults: string[] = [];
  readonly #cluster: Cluster;
  readonly #db: PrismaClient;
  readonly #chats: string[] = [];
  readonly #makers = new Map<string, number>();
  readonly #messages: string[] = [];
  readonly #pending: Promise<unknown>[] = [];
  #sent = 0;

  constructor(cluster: Cluster, db: PrismaClient) {
    this.#cluster = cluster;
    this.#db = db;
  }

  async run({ steps }: History): Promise<void> {
    await this.#prepare();
    for (const step of steps) {
      const done = this.#perform(step);
      this.#pending.push(done);
      if (step.wait) await done;
    }
    await Promise.all(this.#pending);
    await this.#cluster.startRedis();
    await this.#settle();
  }

  /** Four users, one with two devices, and a chat of three of them. */
  async #prepare(): Promise<void> {
    const run = randomUUID().slice(0, 8);
    for (const name of ['ada', 'bob', 'cyd', 'dan']) {
      const { id } = await this.#db.user.create({ data: { username: `${name}_${run}`, displayName: name } });
      this.users.push({ rowId: id, id: encodeId('User', id), token: await tokenFor(id) });
    }
    for (const [index, name] of ['ada', 'bob', 'cyd', 'dan', 'ada2'].entries()) {
      const user = this.users[index % 4]!;
      const client = new ModelClient(name, user.id, user.token);
      client.connect(this.#cluster.port(index % 2)!);
      this.clients.push(client);
    }
    await this.#create(0, 'GROUP', [this.users[1]!.id, this.users[2]!.id]);
  }

  async #perform({ do: what, by, chat, what: choice, on }: Step): Promise<void> {
    const chatId = this.#chats[chat % this.#chats.length]!;
    // Most of the time by who made the chat, or hardly any of it would be allowed.
    const manages = ['add', 'remove', 'rejoin', 'rename', 'setRole', 'deleteChat'].includes(what);
    const user = manages && choice < 24 ? this.#makers.get(chatId)! : by % 4;
    const target = this.users[choice % 4]!.id;
    const messageId = this.#messages.slice(-4)[choice % Math.max(1, Math.min(4, this.#messages.length))];
    const emoji = EMOJI[choice % EMOJI.length]!;
    const ask = (name: keyof typeof mutations, input: object) => this.#ask(user, on, name, input);
    switch (what) {
      case 'send':
        return this.#send(user, on, chatId);
      case 'edit':
        return messageId ? void (await ask('editMessage', { messageId, content: `edit ${++this.#sent}` })) : undefined;
      case 'deleteMessage':
        return messageId ? void (await ask('deleteMessage', { messageId })) : undefined;
      case 'react':
        return messageId ? void (await ask('addReaction', { messageId, emoji })) : undefined;
      case 'unreact':
        return messageId ? void (await ask('removeReaction', { messageId, emoji })) : undefined;
      case 'add':
        return void (await ask('addChatMembers', { chatId, userIds: [target] }));
      case 'remove':
        return void (await ask('removeChatMember', { chatId, userId: target }));
      case 'leave':
        return void (await ask('removeChatMember', { chatId, userId: this.users[user]!.id }));
      case 'rejoin':
        await ask('removeChatMember', { chatId, userId: target });
        return void (await ask('addChatMembers', { chatId, userIds: [target] }));
      case 'rename':
        return void (await ask('updateChat', { chatId, title: TITLES[choice % TITLES.length]! }));
      case 'setRole':
        return void (await ask('setChatMemberRole', {
          chatId,
          userId: target,
          role: ['OWNER', 'ADMIN', 'MEMBER'][Math.floor(choice / 4) % 3],
        }));
      case 'deleteChat': {
        const answer = await ask('deleteChat', { chatId });
        if (answer?.__typename === 'ChatDeleted')
          await this.#create(
            user,
            'GROUP',
            this.users.map(({ id }) => id),
          );
        const index = this.#chats.indexOf(chatId);
        if (answer?.__typename === 'ChatDeleted' && index >= 0) this.#chats.splice(index, 1);
        return;
      }
      case 'createChat':
        return choice % 3 === 0
          ? this.#create(user, 'DIRECT', [this.users[(user + 1 + (choice % 3)) % 4]!.id])
          : this.#create(
              user,
              'GROUP',
              this.users.filter((_, i) => (choice >> i) & 1).map(({ id }) => id),
            );
      case 'connect':
        return this.#connect(this.clients[by]!, on);
      case 'disconnect':
        return this.clients[by]!.disconnect();
      case 'killServer':
        return this.#cluster.kill(on);
      case 'stopRedis':
        return this.#cluster.stopRedis();
      case 'startRedis':
        return this.#cluster.startRedis();
      case 'pause':
        return void (await sleep(choice * 2));
    }
  }

  async #create(user: number, kind: string, memberIds: string[]): Promise<void> {
    const { id } = (await this.#ask(user, 0, 'createChat', { kind, memberIds })) ?? {};
    if (!id || this.#makers.has(id)) return;
    this.#chats.push(id);
    this.#makers.set(id, user);
  }

  async #send(user: number, on: number, chatId: string): Promise<void> {
    const content = `message ${++this.#sent}`;
    const replyToId = this.#sent % 3 === 0 ? this.#messages.at(-1) : undefined;
    const { __typename, id } = (await this.#ask(user, on, 'sendMessage', { chatId, content, replyToId })) ?? {};
    if (__typename !== 'Message') return;
    this.acknowledged.set(content, id!);
    this.#messages.push(id!);
  }

  #connect(client: ModelClient, on: number): void {
    const port = this.#cluster.port(on) ?? this.#cluster.port(1 - on);
    if (port !== null) client.connect(port);
  }

  /** Asks until there is an answer, each time the other server: the key makes it happen once. */
  async #ask(user: number, on: number, name: keyof typeof mutations, input: object): Promise<Answer | undefined> {
    const key = randomUUID();
    const { token } = this.users[user]!;
    const deadline = performance.now() + 30_000;
    let lost = 0;
    for (let attempt = 0; performance.now() < deadline; attempt++) {
      const port = this.#cluster.port((on + attempt) % 2);
      const answer = port === null ? undefined : await this.#post(port, token, key, mutations[name], input);
      if (answer) {
        if (name === 'sendMessage' && lost > 0 && answer.__typename !== 'Message') this.inDoubt++;
        return answer;
      }
      if (port !== null) lost++;
      await sleep(5);
    }
    this.faults.push(`${name} got no answer from any server`);
    return undefined;
  }

  /** The answer, or nothing where the server died before it gave one. */
  async #post(port: number, token: string, key: string, query: string, input: object): Promise<Answer | undefined> {
    let body: { data?: Record<string, Answer>; errors?: unknown };
    try {
      const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, 'idempotency-key': key },
        body: JSON.stringify({ query, variables: { input } }),
      });
      body = (await response.json()) as typeof body;
    } catch {
      return undefined;
    }
    if (body.errors) this.faults.push(`${query.slice(0, 60)}: ${JSON.stringify(body.errors)}`);
    return Object.values(body.data ?? {})[0];
  }

  /** Everyone comes back, and is told all that there is. */
  async #settle(): Promise<void> {
    const rows = await this.#db.chatMember.findMany({
      where: { userId: { in: this.users.map(({ rowId }) => rowId) }, leftPosition: null, chat: { deletedAt: null } },
      select: { userId: true, chat: { select: { id: true, position: true } } },
    });
    const of = (client: ModelClient) =>
      rows
        .filter(({ userId }) => encodeId('User', userId) === client.userId)
        .map(({ chat }) => `${encodeId('Chat', chat.id)} ${chat.position}`)
        .sort();
    const at = ({ chats }: ModelClient) => [...chats].map(([id, { position }]) => `${id} ${position}`).sort();
    for (const [index, client] of this.clients.entries()) {
      const wanted = of(client).join('\n');
      await until(
        () => {
          // One whose server was only just dying comes back once more.
          if (!client.connected) this.#connect(client, index % 2);
          return client.violations.length > 0 || (client.caughtUp && at(client).join('\n') === wanted);
        },
        () => `${client.name} at\n${wanted}\nbut at\n${at(client).join('\n')}\n(connected: ${client.connected})`,
      );
    }
  }
}
