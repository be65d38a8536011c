import type { Cache } from '@urql/exchange-graphcache';
import { join, place, selected, type PageArguments, type PageInfo, type Window } from '../cache/window.ts';

/** An edge as the lists keep it: what it shows is in graphcache, under `key`. */
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
 * The lists that grow: the messages of each chat, and the chats. Kept beside graphcache, whose layers hold each
 * answer by itself; a list must not lose what one layer knows when another comes to lie above it.
 */
export class Lists {
  readonly #messages = new Map<string, Window<Edge>>();
  #chats: Window<Edge> = { edges: [] };
  #chatsAnswered = false;
  #version = 0;

  /** A page was answered. */
  answered(chat: string, answer: unknown, args: PageArguments): void {
    this.#messages.set(chat, join(this.#messages.get(chat), windowOf(answer as AnsweredConnection), args, rank));
  }

  /** A message that was sent, by whomever. */
  sent(cache: Cache, chat: string, message: string, position: number): void {
    const window = this.#messages.get(chat);
    if (window) this.#messages.set(chat, place(window, { key: message, cursor: '', position }, rank));
    this.#touch(cache, chat);
  }

  forget(chat: string): void {
    this.#messages.delete(chat);
  }

  messages(chat: string): object | undefined {
    const window = this.#messages.get(chat);
    return window && connection('Message', window);
  }

  chatsAnswered(cache: Cache, answer: unknown, args: PageArguments): void {
    const page = windowOf(answer as AnsweredConnection);
    const first = !this.#chatsAnswered;
    const longer = Boolean(args.after) || first || this.#chats.edges.length <= page.edges.length;
    const pageInfo = (longer ? page : this.#chats).pageInfo ?? {};
    const early = first ? covered(cache, page, this.#chats.edges) : this.#chats.edges;
    this.#chatsAnswered = true;
    this.#chats = { edges: unite(early, page.edges), pageInfo };
    this.#touch(cache, 'Query');
  }

  addChats(cache: Cache, chats: readonly string[]): void {
    const edges = chats.map((key) => ({ key, cursor: '', position: 0 }));
    const shown = this.#chatsAnswered ? covered(cache, this.#chats, edges) : edges;
    this.#chats = { ...this.#chats, edges: unite(this.#chats.edges, shown) };
    this.#touch(cache, 'Query');
  }

  removeChat(cache: Cache, chat: string): void {
    this.#chats = { ...this.#chats, edges: this.#chats.edges.filter(({ key }) => key !== chat) };
    this.#touch(cache, 'Query');
  }

  chats(cache: Cache): object {
    cache.resolve('Query', VERSION);
    return connection('Chat', { ...this.#chats, edges: latestFirst(cache, this.#chats.edges) });
  }

  /** Graphcache runs those queries again that read what was written: this is written so that it does. */
  #touch(cache: Cache, entity: string): void {
    cache.link(entity, VERSION, `version:${++this.#version}`);
  }
}

const VERSION = 'parleyVersion';

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

function activity(cache: Cache, chat: string): string {
  return String(cache.resolve(chat, 'lastActivityAt') ?? '');
}

function latestFirst(cache: Cache, edges: readonly Edge[]): Edge[] {
  const timed = edges.map((edge) => ({ edge, at: activity(cache, edge.key) }));
  return timed.sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0)).map(({ edge }) => edge);
}

/** Beyond the last page that was asked for, a list shows nothing: it would jump when that page comes. */
function covered(cache: Cache, list: Window<Edge>, edges: readonly Edge[]): readonly Edge[] {
  const last = list.pageInfo?.hasNextPage ? latestFirst(cache, list.edges).at(-1) : undefined;
  if (!last) return edges;
  const oldest = activity(cache, last.key);
  return edges.filter(({ key }) => (activity(cache, key) || '~') >= oldest);
}

function unite(old: readonly Edge[], more: readonly Edge[]): Edge[] {
  const known = new Set(old.map(({ key }) => key));
  return [...more.filter(({ key }) => !known.has(key)), ...old];
}
