import { gql, type DocumentNode, type OperationVariables, type Reference } from '@apollo/client';
import { InMemoryCache, type Cache, type InMemoryCacheConfig, type StoreObject } from '@apollo/client/cache';
import { shownIn, type ShownMessage } from '../cache/answer.ts';
import { place } from '../cache/window.ts';
import type { AppliedItem, AppliedMessage } from '../cache/applied.ts';
import { PLACING, typePolicies, type StoredConnection, type StoredEdge } from './policies.ts';
import { possibleTypes } from '../cache/possible-types.ts';

/** What the cache has to tell and to ask. */
export interface CacheHooks {
  viewerId(): string | undefined;
  /** An answer showed this chat as of this position. */
  read(chatId: string, position: number): void;
  /** A message of the viewer's own is about to be shown. */
  arrived(message: AppliedMessage): void;
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
 * An `InMemoryCache` in which nothing older overwrites newer, whichever comes last: an answer, an event, an optimistic
 * result. What mutations make or end joins or leaves the lists by itself, as with events.
 */
export class ParleyCache extends InMemoryCache {
  #hooks: CacheHooks | undefined;
  #optimistic = 0;

  constructor(config: InMemoryCacheConfig = {}) {
    super({ ...config, possibleTypes: { ...possibleTypes, ...config.possibleTypes }, typePolicies });
    if (config.typePolicies) this.policies.addTypePolicies(config.typePolicies);
  }

  /** Joined with a stream of events. */
  follow(hooks: CacheHooks): void {
    this.#hooks = hooks;
  }

  override batch<T>(options: Cache.BatchOptions<InMemoryCache, T>): T {
    if (typeof options.optimistic !== 'string') return super.batch(options);
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

  override write<TData = unknown, TVariables extends OperationVariables = OperationVariables>(
    options: Cache.WriteOptions<TData, TVariables>,
  ): Reference | undefined {
    const shown = shownIn(options.result);
    const newer = shown.messages.flatMap((message) => this.#newer(message) ?? []);
    const written = super.write({ ...options, broadcast: false });
    for (const { id, fields } of newer) this.#change(id, (value, name) => fields.get(name) ?? value);
    if (options.dataId === 'ROOT_MUTATION') this.#settle(Object.values(options.result as Record<string, unknown>));
    const answer =
      options.dataId === undefined || options.dataId === 'ROOT_QUERY' || options.dataId === 'ROOT_MUTATION';
    if (answer && this.#optimistic === 0) for (const chat of shown.chats) this.#hooks?.read(chat.id, chat.position);
    if (options.broadcast !== false) this.broadcastWatches();
    return written;
  }

  /** Bring the cache up to date with what happened. */
  apply(items: readonly AppliedItem[], document: DocumentNode): void {
    this.batch({
      update: () => {
        for (const item of items) this.#applyOne(item, document);
        this.#addChats(
          items.flatMap(({ __typename, chatId }) => (__typename === 'ChatAdded' && chatId ? [chatId] : [])),
        );
      },
    });
  }

  #applyOne(item: AppliedItem, query: DocumentNode): void {
    const { chatId } = item;
    if (chatId === undefined) return;
    if (this.#ends(item)) return this.#removeChat(chatId);
    if (item.__typename === 'ChatReset') this.#dropChat(chatId);
    const before = item.__typename === 'ChatUpdated' ? this.#scalars(chatId) : undefined;
    this.write({ query, dataId: 'ROOT_SUBSCRIPTION', result: { events: item } });
    switch (item.__typename) {
      case 'MessageCreated':
        if (item.message) this.#place(item.message);
        break;
      case 'MemberAdded':
      case 'MemberRemoved':
        this.#evictUnlessShown(item, 'members');
        break;
      case 'ChatUpdated':
        // The title changed, or else a role.
        if (before === this.#scalars(chatId)) this.#evictUnlessShown(item, 'members');
    }
    this.#change(this.#chat(chatId), (value, name) =>
      name === 'position' ? Math.max(Number(value), item.position ?? 0) : value,
    );
  }

  #settle(results: readonly unknown[]): void {
    for (const result of results as readonly (AppliedItem & AppliedMessage)[]) {
      if (result?.__typename === 'Message') this.#place(result);
      else if (result?.__typename === 'Chat') this.#addChats([result.id]);
      else if (result?.__typename === 'ChatDeleted') this.#removeChat(result.chatId ?? result.id);
      else if (result?.chatId !== undefined && this.#ends(result)) this.#removeChat(result.chatId);
    }
  }

  #ends({ __typename, user }: AppliedItem): boolean {
    if (__typename === 'MemberRemoved') return user?.id !== undefined && user.id === this.#hooks?.viewerId();
    return __typename === 'ChatDeleted' || __typename === 'ChatGone';
  }

  /** The message in its chat, and the chat where its newest message puts it. */
  #place(message: AppliedMessage): void {
    const ref = this.identify({ __typename: 'Message', id: message.id });
    const chat = message.chatId && this.#chat(message.chatId);
    if (!ref || !chat) return;
    if (message.authorId === this.#hooks?.viewerId() && this.#optimistic === 0) this.#hooks?.arrived(message);
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
            return value === null || position(value as Reference) <= message.position ? node : value;
          case 'lastActivityAt':
            return message.createdAt && message.createdAt > String(value) ? message.createdAt : value;
          default:
            return value;
        }
      },
    });
  }

  #addChats(chatIds: readonly string[]): void {
    if (chatIds.length === 0) return;
    // Who was removed from a chat may have been told that there is no such chat.
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

  /** Its messages too, wherever they are cached. */
  #dropChat(chatId: string): void {
    for (const [id, entity] of Object.entries(this.extract())) {
      if (entity?.__typename === 'Message' && entity['chatId'] === chatId) this.evict({ id, broadcast: false });
    }
    this.evict({ id: this.#chat(chatId), broadcast: false });
  }

  /** What the app selects of a chat in its events is up to date; the rest is fetched anew when it is next looked at. */
  #evictUnlessShown(item: AppliedItem, fieldName: string): void {
    if (item.chat && fieldName in item.chat) return;
    this.evict({ id: this.#chat(item.chatId ?? ''), fieldName, broadcast: false });
  }

  /** What is cached of a message, if it is newer than what is shown now. */
  #newer(message: ShownMessage): { id: string; fields: Map<string, unknown> } | undefined {
    const id = this.identify({ __typename: 'Message', id: message.id });
    let revision: unknown;
    const fields = new Map<string, unknown>();
    this.#change(id, (value, name) => (name === 'revision' ? (revision = value) : value));
    if (!id || typeof revision !== 'number' || revision <= message.revision) return undefined;
    this.#change(id, (value, name) => (fields.set(name, value), value));
    return { id, fields };
  }

  #scalars(chatId: string): string {
    const values: unknown[] = [];
    this.#change(this.#chat(chatId), (value, name) => {
      if (name === 'title' || name === 'kind') values.push(value);
      return value;
    });
    return JSON.stringify(values);
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
