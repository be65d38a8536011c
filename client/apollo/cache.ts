import { gql, type DocumentNode, type OperationVariables, type Reference } from '@apollo/client';
import {
  InMemoryCache,
  type Cache,
  type InMemoryCacheConfig,
  type NormalizedCacheObject,
  type StoreObject,
} from '@apollo/client/cache';
import { shownIn, type ShownMessage } from '../cache/answer.ts';
import type { AppliedItem, AppliedMessage, Settled, ShownGroup } from '../cache/applied.ts';
import { endedChat } from '../cache/endings.ts';
import { ReactionFlags } from '../cache/reaction-flags.ts';
import { unorderedPage } from '../cache/selection.ts';
import { DROPPED, notShown, staleBy } from '../cache/stale.ts';
import { place } from '../cache/window.ts';
import type { ShownState } from '../read-state/read-state.ts';
import { pick } from '../read-state/viewer-states.ts';
import { PLACING, typePolicies, type StoredConnection, type StoredEdge } from './policies.ts';
import { possibleTypes } from '../cache/possible-types.ts';

/** The cache calls these functions to report what it has read, and to ask what the stream knows. */
export interface CacheHooks {
  viewerId(): string | undefined;
  /** Called with the position as of which a result showed the chat. */
  read(chatId: string, position: number): void;
  /** Whether the stream continues from the position at which this chat is cached. */
  follows?(chatId: string): boolean;
  /**
   * Returns a result with its outdated parts replaced by the newest known values. `isAnswer`: it came from the server
   * and may itself be newer.
   */
  newest?<T>(result: T, isAnswer: boolean): T;
  /** Called after a result has been cached, with all that it selects. */
  answered?(answer: unknown): void;
  /** Called when a message of the viewer is about to be shown. */
  arrived(message: AppliedMessage): void;
}

interface Handler {
  before?(chatId: string): void;
  after?(item: AppliedItem): void;
}

const ADD_CHATS = gql`
  {
    chats {
      edges {
        cursor
        node {
          id
        }
      }
    }
  }
`;

/**
 * An `InMemoryCache` in which older data never overwrites newer data, whatever arrives last: a result, an event or an
 * optimistic result. Objects that mutations create or end are added to the lists or removed from them, as by events.
 */
export class ParleyCache extends InMemoryCache {
  #hooks: CacheHooks | undefined;
  readonly #reactions = new ReactionFlags();
  #optimistic = 0;
  /** While it is set, watchers are not notified; they are notified once at the end. */
  #silent = false;
  /** What an item changes beside the fields that it shows: before the item is written, and after. */
  readonly #handlers: Readonly<Record<string, Handler>> = {
    ChatReset: {
      before: (chatId) => {
        this.#reactions.forget();
        this.#dropChat(chatId);
      },
    },
    ReactionAdded: { after: (item) => this.#markReacted(item) },
    ReactionRemoved: { after: (item) => this.#markReacted(item) },
    MessageCreated: { after: ({ message }) => message && this.#place(message) },
  };
  /** The updates of the optimistic results that are shown. Each is in a layer of its own. */
  readonly #layers = new Map<string, (cache: InMemoryCache) => unknown>();

  constructor(config: InMemoryCacheConfig = {}) {
    super({ ...config, possibleTypes: { ...possibleTypes, ...config.possibleTypes }, typePolicies });
    if (config.typePolicies) this.policies.addTypePolicies(config.typePolicies);
  }

  /** Connects the cache to a stream of events. */
  follow(hooks: CacheHooks): void {
    this.#hooks = hooks;
  }

  override batch<T>(options: Cache.BatchOptions<InMemoryCache, T>): T {
    if (typeof options.optimistic !== 'string') return super.batch(options);
    this.#layers.set(options.optimistic, options.update);
    const update = (cache: InMemoryCache) => {
      this.#optimistic++;
      try {
        return options.update(cache);
      } finally {
        this.#optimistic--;
      }
    };
    return super.batch({ ...options, update });
  }

  /**
   * Restores what was extracted from an earlier cache. If the stream's `positions` do not name a chat, nobody knows
   * what happened in it since: its messages and members are left out, and are fetched when they are next shown.
   */
  override restore(data: NormalizedCacheObject): this {
    super.restore(data);
    for (const object of Object.values(data)) {
      if (object?.__typename !== 'Chat' || typeof object['id'] !== 'string') continue;
      const { id, position } = object as { id: string; position?: number };
      if (position === undefined || !this.#hooks?.follows?.(id)) this.#evict(this.#chat(id), DROPPED);
      else this.#hooks.read(id, position); // the stream may be further on: it applies the missing events
    }
    this.#hooks?.newest?.(data, true);
    this.broadcastWatches();
    return this;
  }

  override removeOptimistic(id: string): void {
    this.#layers.delete(id);
    super.removeOptimistic(id);
  }

  override write<TData = unknown, TVariables extends OperationVariables = OperationVariables>(
    options: Cache.WriteOptions<TData, TVariables>,
  ): Reference | undefined {
    const unordered = unorderedPage(options.result);
    if (unordered) throw unordered; // it becomes the error of the query
    const shown = shownIn(options.result);
    const newer = shown.messages.flatMap((message) => this.#newer(message) ?? []);
    const { dataId } = options;
    const isAnswer =
      this.#optimistic === 0 && (dataId === undefined || dataId === 'ROOT_QUERY' || dataId === 'ROOT_MUTATION');
    const newest = this.#optimistic === 0 ? this.#hooks?.newest?.(options.result, isAnswer) : undefined;
    const written = super.write({ ...options, result: newest ?? options.result, broadcast: false });
    for (const { id, fields } of newer) this.#change(id, (value, name) => fields.get(name) ?? value);
    if (dataId === 'ROOT_MUTATION') this.#settle(Object.values(options.result as Record<string, unknown>));
    if (isAnswer) {
      this.#hooks?.answered?.(options.result);
      this.#reactions.answered(options.result);
      for (const chat of shown.chats) this.#hooks?.read(chat.id, chat.position);
    }
    if (options.broadcast !== false) this.broadcastWatches();
    return written;
  }

  /** Applies items to the cache. */
  apply(items: readonly AppliedItem[], document: DocumentNode, states: readonly ShownState[] = []): void {
    this.#silent = true;
    try {
      super.batch({
        update: () => {
          for (const item of items) this.#applyOne(item, document);
          this.#addChats(
            items.flatMap(({ __typename, chatId }) => (__typename === 'ChatAdded' && chatId ? [chatId] : [])),
          );
          for (const state of states) this.#showState(state);
        },
      });
      // A layer hides what is written below it, such as a longer list. So each layer is made again on top of the new
      // data.
      for (const [optimistic, update] of [...this.#layers]) {
        this.removeOptimistic(optimistic);
        this.batch({ optimistic, update });
      }
    } finally {
      this.#silent = false;
    }
    this.broadcastWatches();
  }

  /** Updates what is cached of these viewer states. */
  show(states: readonly ShownState[]): void {
    for (const state of states) this.#showState(state);
    this.broadcastWatches();
  }

  protected override broadcastWatches(options?: Parameters<InMemoryCache['broadcastWatches']>[0]): void {
    if (!this.#silent) super.broadcastWatches(options);
  }

  #applyOne(item: AppliedItem, query: DocumentNode): void {
    const { chatId, message } = item;
    if (chatId === undefined) return;
    const ended = endedChat(item, this.#hooks?.viewerId());
    if (ended !== undefined) return this.#removeChat(ended);
    const handler = this.#handlers[item.__typename ?? ''];
    handler?.before?.(chatId);
    this.write({ query, dataId: 'ROOT_SUBSCRIPTION', result: { events: item } });
    handler?.after?.(item);
    const { chat, message: fields } = staleBy(item);
    this.#evict(this.#chat(chatId), notShown(chat, item.chat));
    if (message) this.#evict(this.identify({ __typename: 'Message', id: message.id }), notShown(fields, message));
    this.#change(this.#chat(chatId), (value, name) =>
      name === 'position' ? Math.max(Number(value), item.position ?? 0) : value,
    );
  }

  #showState({ chatId, state }: ShownState): void {
    // A state without a key cannot be updated by its chat, so it is fetched again.
    this.modify<StoreObject>({
      id: this.#chat(chatId),
      broadcast: false,
      fields(value: unknown, { fieldName, isReference, DELETE }) {
        if (fieldName !== 'viewerState' || value === null) return value;
        return state && isReference(value) ? value : DELETE;
      },
    });
    if (!state) return;
    this.modify<StoreObject>({
      id: this.identify({ __typename: 'ViewerChatState', chatId }) ?? '',
      broadcast: false,
      fields: (value: unknown, { fieldName }) => (pick(state, { [fieldName]: value }) as StoreObject)[fieldName],
    });
  }

  /** Events do not show whether the viewer reacted. It follows from the user of the reaction. */
  #markReacted(item: AppliedItem): void {
    const told = this.#reactions.told(item, this.#hooks?.viewerId());
    if (!told) return;
    const id = this.identify({ __typename: 'Message', id: told.messageId });
    this.#change(id, (value, name) =>
      name === 'reactionGroups'
        ? (value as readonly ShownGroup[]).map((group) =>
            group.emoji === told.emoji ? { ...group, viewerHasReacted: told.hasReacted } : group,
          )
        : value,
    );
  }

  #settle(results: readonly unknown[]): void {
    for (const result of results as readonly (Settled | null | undefined)[]) {
      const ended = result && endedChat(result, this.#hooks?.viewerId());
      if (ended) this.#removeChat(ended);
      else if (result?.__typename === 'Message') this.#place(result);
      else if (result?.__typename === 'Chat') this.#addChats([result.id]);
    }
  }

  /** Adds the message to its chat, and moves the chat to its place in the lists. */
  #place(message: AppliedMessage): void {
    const ref = this.identify({ __typename: 'Message', id: message.id });
    const chat = message.chatId && this.#chat(message.chatId);
    if (!ref || !chat) return;
    if (message.authorId === this.#hooks?.viewerId() && this.#optimistic === 0) this.#hooks?.arrived(message);
    // A line about the group does not count as activity.
    const isLine = message.type === 'SYSTEM';
    const node = { __ref: ref };
    const edge: StoredEdge = { __typename: 'MessageEdge', cursor: '', node };
    this.modify({
      id: chat,
      broadcast: false,
      fields: (value: unknown, { fieldName, readField }) => {
        const position = (of: Reference) => Number(readField('position', of) ?? Infinity);
        switch (fieldName) {
          case 'messages':
            return place(value as StoredConnection, edge, (it) => position(it.node));
          case 'lastMessage':
            if (isLine) return value;
            return value === null || position(value as Reference) <= message.position ? node : value;
          case 'lastActivityAt':
            if (isLine) return value;
            return message.createdAt && message.createdAt > String(value) ? message.createdAt : value;
          default:
            return value;
        }
      },
    });
  }

  #addChats(chatIds: readonly string[]): void {
    if (chatIds.length === 0) return;
    // A result for a user who was not a member may be cached as null: it is fetched again.
    this.#change('ROOT_QUERY', (value, name) => (value === null && name.startsWith('chat(') ? undefined : value));
    const edges = chatIds.map((id) => ({ __typename: 'ChatEdge', cursor: '', node: { __typename: 'Chat', id } }));
    const result = { chats: { __typename: 'ChatConnection', edges } };
    super.write({ query: ADD_CHATS, dataId: 'ROOT_QUERY', result, extensions: PLACING, broadcast: false });
  }

  #removeChat(chatId: string): void {
    const ref = this.#chat(chatId);
    this.#change('ROOT_QUERY', (value, name) => {
      if (name === 'chats') return without(value as StoredConnection, ref);
      return (value as Reference | null)?.__ref === ref ? null : value;
    });
    this.#dropChat(chatId);
  }

  /** Removes the chat, and its messages wherever they are cached. */
  #dropChat(chatId: string): void {
    for (const [id, entity] of Object.entries(this.extract())) {
      if (entity?.__typename === 'Message' && entity['chatId'] === chatId) this.evict({ id, broadcast: false });
    }
    this.evict({ id: this.#chat(chatId), broadcast: false });
  }

  #evict(id: string | undefined, fieldNames: readonly string[]): void {
    if (id) for (const fieldName of fieldNames) this.evict({ id, fieldName, broadcast: false });
  }

  /** The cached fields of a message that are newer than those that are shown now. */
  #newer(message: ShownMessage): { id: string; fields: Map<string, unknown> } | undefined {
    const id = this.identify({ __typename: 'Message', id: message.id });
    let revision: unknown;
    const fields = new Map<string, unknown>();
    this.#change(id, (value, name) => (name === 'revision' ? (revision = value) : value));
    if (!id || typeof revision !== 'number' || revision <= message.revision) return undefined;
    this.#change(id, (value, name) => (fields.set(name, value), value));
    return { id, fields };
  }

  #chat(id: string): string {
    return this.identify({ __typename: 'Chat', id }) ?? '';
  }

  #change(id: string | undefined, field: (value: unknown, storeFieldName: string) => unknown): void {
    if (id === undefined) return;
    this.modify<StoreObject>({
      id,
      broadcast: false,
      fields: (value: unknown, { storeFieldName }) => field(value, storeFieldName),
    });
  }
}

function without(list: StoredConnection, ref: string): StoredConnection {
  return { ...list, edges: list.edges.filter((edge) => edge.node.__ref !== ref) };
}
