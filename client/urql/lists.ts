import type { Cache } from '@urql/exchange-graphcache';
import { covered, latestFirst, unite, type ChatEdges } from '../cache/chats.ts';
import { noticePage, type ListNotes } from '../cache/page-arguments.ts';
import { join, place, selected, type PageArguments, type PageInfo, type Window } from '../cache/window.ts';
import { mark, marked, unmark } from './marks.ts';

/** An edge as it is stored in the lists. The fields that it shows are in graphcache, under `key`. */
interface Edge {
  key: string;
  cursor: string;
  position: number;
}

interface AnsweredConnection {
  edges?: { cursor?: string; node: { __typename?: string; id: string; position?: number } }[];
  pageInfo?: Partial<PageInfo>;
}

const rank = (edge: Edge) => edge.position;

/**
 * The lists that grow: the messages of each chat, and the chats. They are stored beside graphcache, whose layers hold
 * each result by itself: a list must not lose the edges of one layer when another layer comes above it. Objects that an
 * optimistic result creates or ends are not stored here but marked in its layer, and disappear with it.
 */
export class Lists {
  readonly #messages = new Map<string, Window<Edge>>();
  readonly #notes = new Map<string, ListNotes>();
  #chats: Window<Edge> = { edges: [] };
  #chatsAnswered = false;
  #version = 0;

  /** Adds a page that was read. */
  answered(cache: Cache, chat: string, answer: unknown, args: PageArguments): void {
    const window = join(this.#messages.get(chat), windowOf(answer as AnsweredConnection), args, rank);
    this.#messages.set(chat, window);
    keep(cache, chat, window);
  }

  /** Adds a message that any user has sent. */
  sent(cache: Cache, chat: string, message: string, position: number): void {
    const window = this.#messages.get(chat);
    if (window) this.#messages.set(chat, place(window, { key: message, cursor: '', position }, rank));
    mark(cache, 'Kept', chat, message);
    this.#touch(cache, chat);
  }

  forget(cache: Cache, chat: string): void {
    this.#messages.delete(chat);
    for (const message of marked(cache, 'Kept', chat)) unmark(cache, 'Kept', chat, message);
  }

  messages(cache: Cache, chat: string, args: PageArguments): object | undefined {
    const window = this.#messages.get(chat);
    if (!window) return undefined;
    const notes = this.#notes.get(chat) ?? {};
    this.#notes.set(chat, notes);
    noticePage(notes, args);
    const sending = window.pageInfo?.hasNextPage ? [] : this.sending(cache, chat);
    const added = sending.map((key) => ({ key, cursor: '', position: Infinity }));
    return connection('Message', { ...window, edges: [...window.edges, ...added] });
  }

  /** The messages of optimistic results, oldest first. */
  sending(cache: Cache, chat: string): string[] {
    return marked(cache, 'Made', chat).reverse(); // the order of inspectFields is newest layer first
  }

  chatsAnswered(cache: Cache, answer: unknown, args: PageArguments): void {
    const page = windowOf(answer as AnsweredConnection);
    const first = !this.#chatsAnswered;
    const longer = Boolean(args.after) || first || this.#chats.edges.length <= page.edges.length;
    const pageInfo = (longer ? page : this.#chats).pageInfo ?? {};
    const early = first ? covered(page, this.#chats.edges, chatEdges(cache)) : this.#chats.edges;
    this.#chatsAnswered = true;
    this.#chats = { edges: unite(early, page.edges, chatEdges(cache)), pageInfo };
    keep(cache, 'Query', this.#chats);
    this.#touch(cache, 'Query');
  }

  addChats(cache: Cache, chats: readonly string[]): void {
    const edges = chats.map((key) => ({ key, cursor: '', position: 0 }));
    const shown = this.#chatsAnswered ? covered(this.#chats, edges, chatEdges(cache)) : edges;
    this.#chats = { ...this.#chats, edges: unite(this.#chats.edges, shown, chatEdges(cache)) };
    for (const key of chats) mark(cache, 'Kept', 'Query', key);
    this.#touch(cache, 'Query');
  }

  removeChat(cache: Cache, chat: string): void {
    this.#chats = { ...this.#chats, edges: this.#chats.edges.filter(({ key }) => key !== chat) };
    unmark(cache, 'Kept', 'Query', chat);
    this.#touch(cache, 'Query');
  }

  chats(cache: Cache): object {
    cache.resolve('Query', VERSION);
    const ended = marked(cache, 'Ended', 'Query');
    const made = marked(cache, 'Made', 'Query').map((key) => ({ key, cursor: '', position: 0 }));
    const edges = unite(this.#chats.edges, made, chatEdges(cache)).filter(({ key }) => !ended.includes(key));
    return connection('Chat', { ...this.#chats, edges: latestFirst(edges, chatEdges(cache)) });
  }

  /**
   * Graphcache runs queries again when something changes that they have read. This record is changed for that purpose.
   */
  #touch(cache: Cache, entity: string): void {
    cache.link(entity, VERSION, `version:${++this.#version}`);
  }
}

const VERSION = 'parleyVersion';

/** Unlinks records that the list no longer contains. */
function keep(cache: Cache, list: string, { edges }: Window<Edge>): void {
  const keys = new Set(edges.map(({ key }) => key));
  for (const key of marked(cache, 'Kept', list)) if (!keys.has(key)) unmark(cache, 'Kept', list, key);
  for (const key of keys) mark(cache, 'Kept', list, key);
}

function windowOf({ edges = [], pageInfo }: AnsweredConnection): Window<Edge> {
  return {
    edges: edges.map(({ cursor = '', node }) => ({
      key: `${node.__typename}:${node.id}`,
      cursor,
      position: node.__typename === 'Message' ? selected(node.position) : 0,
    })),
    ...(pageInfo && { pageInfo }),
  };
}

function connection(type: 'Message' | 'Chat', { edges, pageInfo }: Window<Edge>): object {
  return {
    __typename: `${type}Connection`,
    edges: edges.map(({ key, cursor }) => ({ __typename: `${type}Edge`, cursor, node: key })),
    pageInfo: {
      hasNextPage: false,
      hasPreviousPage: false,
      startCursor: null,
      endCursor: null,
      ...pageInfo,
      __typename: 'PageInfo',
    },
  };
}

function chatEdges(cache: Cache): ChatEdges<Edge> {
  return { key: ({ key }) => key, activity: ({ key }) => String(cache.resolve(key, 'lastActivityAt') ?? '') };
}
