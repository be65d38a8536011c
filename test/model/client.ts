import { SubscriptionSocket } from '../support/socket.ts';
import { EVENTS } from './documents.ts';
import { OwnRows } from './own-rows.ts';
import { OwnStates, type OwnState } from './own-states.ts';

interface MessageState {
  id: string;
  position: number;
  revision: number;
  authorId: string;
  content: string | null;
  isDeleted: boolean;
  mentionsEveryone?: boolean;
  mentionedUsers?: { id: string }[];
}

export interface Draft {
  version: number;
  content: string;
}

interface ChatState {
  id: string;
  title: string | null;
  members: { edges: { node: { role: string; user: { id: string } } }[] };
  messages: { edges: { node: MessageState }[] };
  viewerState?: OwnState | null;
  draft?: Draft | null;
}

export interface Item {
  __typename: string;
  chatId: string;
  position: number;
  chat?: ChatState;
  message?: MessageState;
  user?: { id: string };
  version?: number;
  viewerState?: OwnState;
  viewerStateVersion?: number;
  draft?: Draft | null;
  messageId?: string;
  savedMessage?: { version: number; note: string | null } | null;
}

/**
 * An item as it was received: in which session, what the client knew of the chat before, and whether it was in the
 * replay.
 */
export interface Received {
  session: number;
  type: string;
  chatId: string;
  position: number;
  /** The position up to which the client knew the chat; undefined if it did not know the chat. */
  known: number | undefined;
  replayed: boolean;
}

/** A chat as a client builds it from events alone. */
export interface CachedChat {
  position: number;
  title: string | null;
  members: Map<string, string>;
  messages: Map<string, MessageState>;
}

interface ModelClientOptions {
  name: string;
  userId: string;
  token: string;
  /** The versions of the user's viewer state are higher than this one. */
  versionsAfter: number;
  leftUnreadAt(chatId: string): number;
  /** Reads the viewer state of a chat; null if the user is not a member. */
  readState(chatId: string): Promise<OwnState | null>;
  /** Reads the draft in a chat; undefined if the user is not a member. */
  readDraft(chatId: string): Promise<Draft | null | undefined>;
}

/**
 * The client of a frontend. It keeps a cache from `events`, resumes from its positions, and notes every violation of
 * the rules.
 */
export class ModelClient {
  readonly name: string;
  readonly userId: string;
  readonly token: string;
  readonly own: OwnStates;
  readonly drafts = new OwnRows();
  readonly saved = new OwnRows();
  readonly #readState: ModelClientOptions['readState'];
  readonly #readDraft: ModelClientOptions['readDraft'];
  /** Chats whose state, or draft, is being read. */
  readonly #asking = new Set<string>();
  readonly chats = new Map<string, CachedChat>();
  readonly received: Received[] = [];
  /** The positions at which chats ended that it no longer knows. */
  readonly #ended = new Map<string, number>();
  /** Violations of the promise. */
  readonly violations: string[] = [];
  #socket: SubscriptionSocket | undefined;
  #session = 0;
  #caughtUp = false;
  /** Whether the stream has ended although the client did not leave. */
  #lost = false;

  constructor({ name, userId, token, readState, readDraft, ...own }: ModelClientOptions) {
    [this.name, this.userId, this.token, this.#readState, this.#readDraft] = [
      name,
      userId,
      token,
      readState,
      readDraft,
    ];
    this.own = new OwnStates({ ...own, violate: (what) => this.#violate(what) });
  }

  get connected(): boolean {
    return this.#socket !== undefined && !this.#lost;
  }

  get caughtUp(): boolean {
    return this.connected && this.#caughtUp && this.#asking.size === 0;
  }

  connect(port: number): void {
    this.disconnect();
    const session = ++this.#session;
    this.#caughtUp = false;
    this.#lost = false;
    const since = [...this.chats].map(([chatId, { position }]) => ({ chatId, position }));
    this.#socket = new SubscriptionSocket(
      { port, token: this.token, query: EVENTS, variables: { since, version: this.own.cursor } },
      {
        next: ({ data, errors }) => {
          if (this.#session !== session || !this.#socket) return;
          if (errors) this.#violate(`got errors: ${JSON.stringify(errors)}`);
          if (data) this.#take(data.events as Item);
        },
        over: ({ refused }) => {
          if (this.#session !== session) return;
          if (refused) this.#violate(`was refused: ${JSON.stringify(refused)}`);
          this.#lost = true;
        },
      },
    );
  }

  disconnect(): void {
    this.#socket?.drop();
    this.#socket = undefined;
  }

  #take(item: Item): void {
    const { __typename: type } = item;
    if (type === 'CaughtUp') {
      if (this.#caughtUp) this.#violate('got CaughtUp twice');
      this.#caughtUp = true;
      this.own.caughtUp(item.viewerStateVersion!);
      return;
    }
    if (type === 'ViewerStateReset') return this.#violate('got a reset of its viewer state');
    if (type === 'ViewerChatStateChanged') {
      this.own.changed(item.chatId, item.version!, item.viewerState!, !this.#caughtUp);
      return this.#askIfOutdated(item.chatId);
    }
    if (type === 'DraftChanged' || type === 'SavedMessageChanged') return this.#takeRow(item);
    if (type === 'ChatGone') return this.#violate(`got ChatGone for a chat that it knew: ${JSON.stringify(item)}`);
    const { chatId, position } = item;
    const known = this.chats.get(chatId)?.position;
    this.received.push({ session: this.#session, type, chatId, position, known, replayed: !this.#caughtUp });
    const ends = type === 'ChatDeleted' || (type === 'MemberRemoved' && item.user?.id === this.userId);
    if (known === undefined) {
      const ended = this.#ended.get(chatId) ?? 0;
      if (type !== 'ChatAdded' && !ends) this.#violate(`got ${type} ${position} of a chat that it does not know`);
      else if (position <= ended) this.#violate(`got ${type} ${position} of a chat that ended at ${ended}`);
    } else if (type === 'ChatAdded') this.#violate(`got ChatAdded ${position} of a chat that it knows at ${known}`);
    else if (type === 'ChatReset' || ends ? position <= known : position !== known + 1) {
      this.#violate(`got ${type} ${position} after ${known}`);
    }
    if (ends) {
      this.#ended.set(chatId, position);
      this.chats.delete(chatId);
    } else this.#apply(item);
    if (item.chat?.draft !== undefined) this.#introduceDraft(chatId, item.chat.draft);
    if (item.chat?.viewerState !== undefined) this.own.introduced(chatId, item.chat.viewerState);
    this.#askIfOutdated(chatId);
  }

  #apply({ __typename: type, chatId, position, chat, message, user }: Item): void {
    if (type === 'ChatAdded' || type === 'ChatReset') {
      this.chats.set(chatId, { position, title: null, members: new Map(), messages: new Map() });
    }
    const cached = this.chats.get(chatId);
    if (!cached) return;
    cached.position = position;
    if (chat) {
      cached.title = chat.title;
      cached.members = new Map(chat.members.edges.map(({ node }) => [node.user.id, node.role]));
      if (type === 'ChatAdded' || type === 'ChatReset') for (const { node } of chat.messages.edges) keep(cached, node);
    } else if (message) {
      const { mentionedUsers, mentionsEveryone, ...shown } = message;
      keep(cached, shown);
      if (!mentionedUsers) return;
      this.own.mentioned(message, mentionsEveryone === true || mentionedUsers.some(({ id }) => id === this.userId));
      if (type === 'MessageEdited') this.own.edited(chatId, position, message.position);
    } else if (type === 'MemberRemoved' && user) cached.members.delete(user.id);
  }

  #takeRow({ __typename: type, chatId, messageId = '', version = 0, draft, savedMessage }: Item): void {
    const replayed = !this.#caughtUp;
    if (type === 'DraftChanged') {
      this.own.reported({ type, chatId, version, replayed }, draft?.version ?? version);
      return this.drafts.changed(chatId, draft?.version ?? version, draft?.content ?? null);
    }
    this.own.reported({ type: 'SavedMessageChanged', version, replayed }, savedMessage?.version ?? version);
    this.saved.changed(messageId, savedMessage?.version ?? version, savedMessage ? (savedMessage.note ?? '') : null);
  }

  /** If a draft was deleted while the user was not a member, only its absence shows that. */
  #introduceDraft(chatId: string, draft: Draft | null): void {
    if (draft) return this.drafts.changed(chatId, draft.version, draft.content);
    const key = `draft ${chatId}`;
    if (this.drafts.value(chatId) === null || this.#asking.has(key)) return;
    const known = this.drafts.version(chatId);
    this.#asking.add(key);
    void this.#readDraft(chatId).then((read) => {
      this.#asking.delete(key);
      if (read) this.drafts.changed(chatId, read.version, read.content);
      else if (read === null) this.drafts.absent(chatId, known);
    });
  }

  /** A message that the server counted may have been deleted or edited since. Then the counts are read again. */
  #askIfOutdated(chatId: string): void {
    const isOutdated = () => this.own.countsChanged(chatId, this.chats.get(chatId)?.messages.values() ?? []);
    if (this.#asking.has(chatId) || !isOutdated()) return;
    this.#asking.add(chatId);
    void this.#readState(chatId).then((state) => {
      this.#asking.delete(chatId);
      if (state) this.answered(chatId, state);
    });
  }

  /** Takes the result of a query or a mutation on this device. */
  answered(chatId: string, state: OwnState): void {
    this.own.answered(chatId, state);
    this.#askIfOutdated(chatId);
  }

  /** The viewer state that the device shows for a chat. */
  shownState(chatId: string) {
    return this.own.shown(chatId, this.userId, this.chats.get(chatId)?.messages.values() ?? []);
  }

  #violate(what: string): void {
    this.violations.push(`${this.name}, session ${this.#session}: ${what}`);
  }
}

/** A late result does not overwrite a newer state. */
function keep({ messages }: CachedChat, message: MessageState): void {
  const present = messages.get(message.id);
  if (!present || message.revision >= present.revision) messages.set(message.id, message);
}

/** A chat of a query result, in the shape of the cache. */
export function cachedChat(chat: ChatState & { position: number }): CachedChat {
  return {
    position: chat.position,
    title: chat.title,
    members: new Map(chat.members.edges.map(({ node }) => [node.user.id, node.role])),
    messages: new Map(chat.messages.edges.map(({ node }) => [node.id, node])),
  };
}

export type { ChatState };
