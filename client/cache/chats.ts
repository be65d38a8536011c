import type { PageInfo } from './window.ts';

/** The list of chats as a cache keeps it, latest activity first when shown. */
export interface ChatList<Edge> {
  readonly edges: readonly Edge[];
  readonly pageInfo?: Partial<PageInfo>;
}

/** Reads the chat of an edge, and the time of its last activity, which is '' while unknown. */
export interface ChatEdges<Edge> {
  key(edge: Edge): string;
  activity(edge: Edge): string;
}

export function latestFirst<Edge>(edges: readonly Edge[], { activity }: ChatEdges<Edge>): Edge[] {
  const timed = edges.map((edge) => ({ edge, at: activity(edge) }));
  return timed.sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0)).map(({ edge }) => edge);
}

/** Joins two lists so that each chat is in it once. New edges come first. */
export function unite<Edge>(old: readonly Edge[], more: readonly Edge[], { key }: ChatEdges<Edge>): Edge[] {
  const known = new Set(old.map(key));
  return [...more.filter((edge) => !known.has(key(edge))), ...old];
}

/**
 * The edges up to the last page that was read. Later ones are hidden, because the list would jump when their page
 * comes.
 */
export function covered<Edge>(list: ChatList<Edge>, edges: readonly Edge[], reading: ChatEdges<Edge>): Edge[] {
  const last = list.pageInfo?.hasNextPage ? latestFirst(list.edges, reading).at(-1) : undefined;
  if (!last) return [...edges];
  const oldest = reading.activity(last);
  return edges.filter((edge) => (reading.activity(edge) || '~') >= oldest);
}
