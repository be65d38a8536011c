import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PrismaClient } from '../../src/database/generated/client.ts';
import { encodeId, rowId } from '../../src/graphql/ids.ts';
import { tokenFor } from '../support/app.ts';
import { writeUnknownEvent } from '../support/unknown-event.ts';
import { until } from '../support/until.ts';
import { ModelClient, type Draft } from './client.ts';
import type { Cluster } from './cluster.ts';
import { DRAFT_OF, STATE, type mutations } from './documents.ts';
import type { History, Step } from './history.ts';
import { AllMarks } from './marks.ts';
import { VERSIONS_APART, type OwnState } from './own-states.ts';
import { Requests, type Answer } from './requests.ts';

const EMOJI = ['👍', '❤️', '🎉', '😀'];
/** Ways to keep a chat. */
const KEPT = [
  { isMuted: true },
  { isMuted: false },
  { isPinned: true },
  { isPinned: false, isArchived: true },
  { isArchived: false, notifications: 'MENTIONS' },
  { notifications: null },
];
const TITLES = ['Lunch', 'Dinner', 'Breakfast'];

interface User {
  rowId: string;
  id: string;
  token: string;
}

interface Reaction {
  user: number;
  messageId: string;
  emoji: string;
}

/** One history while it runs: users, their clients, and what the servers have acknowledged. */
export class World {
  readonly users: User[] = [];
  readonly clients: ModelClient[] = [];
  /** Ids of acknowledged messages, by content. */
  readonly acknowledged = new Map<string, string>();
  readonly requests: Requests;
  readonly marks = new AllMarks();
  readonly #cluster: Cluster;
  readonly #db: PrismaClient;
  readonly #chats: string[] = [];
  readonly #makers = new Map<string, number>();
  readonly #messages: string[] = [];
  readonly #reactions: Reaction[] = [];
  readonly #pending: Promise<unknown>[] = [];
  #sent = 0;

  constructor(cluster: Cluster, db: PrismaClient) {
    this.#cluster = cluster;
    this.#db = db;
    this.requests = new Requests(cluster);
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

  /** Creates four users, one of them with two devices, and a chat of three of them. */
  async #prepare(): Promise<void> {
    const run = randomUUID().slice(0, 8);
    for (const [index, name] of ['ada', 'bob', 'cyd', 'dan'].entries()) {
      const viewerVersion = { create: { version: (index + 1) * VERSIONS_APART } };
      const { id } = await this.#db.user.create({
        data: { username: `${name}_${run}`, displayName: name, viewerVersion },
      });
      this.users.push({ rowId: id, id: encodeId('User', id), token: await tokenFor(id) });
    }
    for (const [index, name] of ['ada', 'bob', 'cyd', 'dan', 'ada2'].entries()) {
      const { id: userId, token } = this.users[index % 4]!;
      const client = new ModelClient({
        ...{ name, userId, token },
        versionsAfter: ((index % 4) + 1) * VERSIONS_APART,
        leftUnreadAt: (chatId) => Math.min(...this.marks.of(userId, chatId).unread),
        readState: async (id) =>
          (await this.requests.read<{ viewerState: OwnState }>(token, index % 2, STATE, { id }))?.viewerState ?? null,
        readDraft: async (id) =>
          (await this.requests.read<{ draft: Draft | null }>(token, index % 2, DRAFT_OF, { id }))?.draft,
      });
      client.connect(this.#cluster.port(index % 2)!);
      this.clients.push(client);
    }
    await this.#create(0, 'GROUP', [this.users[1]!.id, this.users[2]!.id]);
  }

  async #perform({ do: what, by, chat, what: choice, on }: Step): Promise<void> {
    const chatId = this.#chats[chat % this.#chats.length]!;
    // Mostly the creator of the chat does it, because otherwise hardly anything would be allowed.
    const manages = ['add', 'remove', 'removeAndAdd', 'rename', 'setRole', 'deleteChat'].includes(what);
    const user = manages && choice < 24 ? this.#makers.get(chatId)! : by % 4;
    const target = this.users[choice % 4]!.id;
    const messageId = this.#messages.slice(-4)[choice % Math.max(1, Math.min(4, this.#messages.length))];
    const emoji = EMOJI[choice % EMOJI.length]!;
    const ask = (name: keyof typeof mutations, input: object) => this.#ask(user, on, name, input);
    const device = this.clients[by]!;
    // The position is one that the device knows, mostly near the end.
    const position = Math.max(0, (device.chats.get(chatId)?.position ?? 0) - (choice % 8) + 1);
    switch (what) {
      case 'send':
        return this.#send(user, on, chatId);
      case 'mention': {
        const mentionedUserIds = this.users.filter((_, i) => (choice >> i) & 1).map(({ id }) => id);
        const mentions = { mentionedUserIds, mentionsEveryone: choice % 8 === 0 };
        if (choice % 3 > 0 || !messageId) return this.#send(user, on, chatId, mentions);
        return void (await ask('editMessage', { messageId, content: `edit ${++this.#sent}`, ...mentions }));
      }
      case 'edit':
        return messageId ? void (await ask('editMessage', { messageId, content: `edit ${++this.#sent}` })) : undefined;
      case 'deleteMessage':
        return messageId ? void (await ask('deleteMessage', { messageId })) : undefined;
      case 'react':
        return messageId ? this.#react(on, { user, messageId, emoji }) : undefined;
      case 'unreact':
        return this.#unreact(on, this.#reactions.splice(choice % Math.max(1, this.#reactions.length), 1)[0]);
      case 'add':
        return void (await ask('addChatMembers', { chatId, userIds: [target] }));
      case 'remove':
        return void (await ask('removeChatMember', { chatId, userId: target }));
      case 'leave':
        return void (await ask('removeChatMember', { chatId, userId: this.users[user]!.id }));
      case 'removeAndAdd':
        await ask('removeChatMember', { chatId, userId: target });
        return void (await ask('addChatMembers', { chatId, userIds: [target] }));
      case 'leaveAndRejoin': {
        const userId = this.users[user]!.id;
        await ask('removeChatMember', { chatId, userId });
        return void (await this.#ask(this.#makers.get(chatId)!, on, 'addChatMembers', { chatId, userIds: [userId] }));
      }
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
      case 'markRead':
        return this.#markRead(device, on, { chatId, position, isConditional: choice % 3 > 0 });
      case 'markUnread':
        return this.#markUnread(device, on, { chatId, position });
      case 'markDelivered':
        return this.#markDelivered(device, on);
      case 'draft':
        return this.#draft(device, on, chatId, choice);
      case 'save':
        return messageId ? this.#save(device, on, messageId, choice) : undefined;
      case 'mute':
        return this.#keep(device, on, { chatId, ...KEPT[choice % KEPT.length] });
      case 'unknownEvent':
        return this.#writeUnknown(chatId, this.users[user]!.rowId);
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

  async #send(user: number, on: number, chatId: string, mentions: object = {}): Promise<void> {
    const content = `message ${++this.#sent}`;
    const replyToId = this.#sent % 3 === 0 ? this.#messages.at(-1) : undefined;
    const { __typename, id } =
      (await this.#ask(user, on, 'sendMessage', { chatId, content, replyToId, ...mentions })) ?? {};
    if (__typename !== 'Message') return;
    this.acknowledged.set(content, id!);
    this.#messages.push(id!);
  }

  async #react(on: number, reaction: Reaction): Promise<void> {
    const { user, ...input } = reaction;
    const answer = await this.#ask(user, on, 'addReaction', input);
    if (answer?.__typename === 'Message') this.#reactions.push(reaction);
  }

  async #unreact(on: number, reaction: Reaction | undefined): Promise<void> {
    if (!reaction) return;
    const { user, ...input } = reaction;
    await this.#ask(user, on, 'removeReaction', input);
  }

  async #markRead(
    device: ModelClient,
    on: number,
    { chatId, position, isConditional }: { chatId: string; position: number; isConditional: boolean },
  ): Promise<void> {
    const { own, userId, token } = device;
    const marks = this.marks.of(userId, chatId);
    marks.read.push(position);
    const ifVersion = isConditional ? Math.max(0, own.version(chatId)) : undefined;
    const answer = await this.requests.mutate(token, on, 'markChatRead', { chatId, position, ifVersion });
    if (answer?.__typename !== 'ViewerChatState') return;
    const state = answer as Answer & OwnState;
    marks.acknowledged.push(state.readPosition);
    device.answered(chatId, state);
  }

  async #markUnread(device: ModelClient, on: number, input: { chatId: string; position: number }): Promise<void> {
    const { userId, token } = device;
    this.marks.of(userId, input.chatId).unread.push(input.position);
    const answer = await this.requests.mutate(token, on, 'markChatUnread', input);
    if (answer?.__typename === 'ViewerChatState') device.answered(input.chatId, answer as Answer & OwnState);
  }

  async #keep(device: ModelClient, on: number, input: { chatId: string }): Promise<void> {
    const answer = await this.requests.mutate(device.token, on, 'updateChatPreferences', input);
    if (answer?.__typename === 'ViewerChatState') device.answered(input.chatId, answer as Answer & OwnState);
  }

  /** A device that has not heard of the newest draft is refused, if it says which one it knows. */
  async #draft({ drafts, token }: ModelClient, on: number, chatId: string, choice: number): Promise<void> {
    const ifVersion = choice % 3 > 0 ? drafts.version(chatId) : undefined;
    if (choice % 4 > 0) {
      const content = `draft ${++this.#sent}`;
      const answer = await this.requests.mutate(token, on, 'saveDraft', { chatId, content, ifVersion });
      if (answer?.__typename === 'Draft') drafts.changed(chatId, answer.version!, content);
    } else {
      const answer = await this.requests.mutate(token, on, 'deleteDraft', { chatId, ifVersion });
      if (answer?.__typename === 'DraftDeleted') drafts.changed(chatId, answer.version!, null);
    }
  }

  async #save({ saved, token }: ModelClient, on: number, messageId: string, choice: number): Promise<void> {
    if (choice % 4 > 0) {
      const note = choice % 4 > 1 ? `note ${++this.#sent}` : undefined;
      const answer = await this.requests.mutate(token, on, 'saveMessage', { messageId, note });
      if (answer?.__typename === 'SavedMessage') saved.changed(messageId, answer.version!, answer.note ?? '');
    } else {
      const answer = await this.requests.mutate(token, on, 'unsaveMessage', { messageId });
      if (answer?.__typename === 'SavedMessageDeleted') saved.changed(messageId, answer.version!, null);
    }
  }

  /** A device reports all its chats at once. */
  async #markDelivered({ chats, userId, token }: ModelClient, on: number): Promise<void> {
    const positions = [...chats].map(([chatId, { position }]) => ({ chatId, position }));
    for (const { chatId, position } of positions) this.marks.of(userId, chatId).delivered.push(position);
    await this.requests.mutate(token, on, 'markDelivered', { positions });
  }

  async #writeUnknown(id: string, actorId: string): Promise<void> {
    const chatId = rowId('Chat', id);
    const payload = await writeUnknownEvent(this.#db, chatId, actorId);
    if (payload) this.#cluster.publish(`chat:${chatId}`, payload);
  }

  #connect(client: ModelClient, on: number): void {
    const port = this.#cluster.port(on) ?? this.#cluster.port(1 - on);
    if (port !== null) client.connect(port);
  }

  #ask(user: number, on: number, name: keyof typeof mutations, input: object): Promise<Answer | undefined> {
    return this.requests.mutate(this.users[user]!.token, on, name, input);
  }

  /** Connects all clients again, and waits until they have received everything. */
  async #settle(): Promise<void> {
    const rows = await this.#db.$queryRaw<{ userId: string; chatId: string; position: number; version: number }[]>`
      SELECT m.user_id AS "userId", c.id AS "chatId", c.position, coalesce(s.version, 0) AS version
      FROM chat_member m
      JOIN chat c ON c.id = m.chat_id AND c.deleted_at IS NULL
      LEFT JOIN viewer_chat_state s ON s.user_id = m.user_id AND s.chat_id = m.chat_id
      WHERE m.user_id = ANY(${this.users.map(({ rowId }) => rowId)}::uuid[]) AND m.left_position IS NULL`;
    const userIds = this.users.map(({ rowId }) => rowId);
    const drafts = await this.#db.draft.findMany({ where: { userId: { in: userIds }, content: { not: null } } });
    const saved = await this.#db.savedMessage.findMany({ where: { userId: { in: userIds }, removedAt: null } });
    const of = (client: ModelClient) => {
      const isOwn = ({ userId }: { userId: string }) => encodeId('User', userId) === client.userId;
      const chats = rows.filter(isOwn);
      const isPresent = ({ chatId }: { chatId: string }) => chats.some((chat) => chat.chatId === chatId);
      return [
        ...chats
          .map(({ chatId, position, version }) => `${encodeId('Chat', chatId)} ${position}, own ${version}`)
          .sort(),
        ...drafts
          .filter(isOwn)
          .filter(isPresent)
          .map((row) => `${encodeId('Chat', row.chatId)} ${row.content}`)
          .sort(),
        ...saved
          .filter(isOwn)
          .map(({ messageId, note }) => `${encodeId('Message', messageId)} ${note ?? ''}`)
          .sort(),
      ];
    };
    const at = ({ chats, own, drafts, saved }: ModelClient) => [
      ...[...chats].map(([id, { position }]) => `${id} ${position}, own ${own.version(id)}`).sort(),
      ...drafts.shown(chats.keys()),
      ...saved.shown(),
    ];
    for (const [index, client] of this.clients.entries()) {
      const wanted = of(client).join('\n');
      await until(
        () => {
          // A client whose server was still dying connects once more.
          if (!client.connected) this.#connect(client, index % 2);
          return client.violations.length > 0 || (client.caughtUp && at(client).join('\n') === wanted);
        },
        () => `${client.name} at\n${wanted}\nbut at\n${at(client).join('\n')}\n(connected: ${client.connected})`,
      );
    }
  }
}
