/** A part of an ordered list that has no holes, as Relay's connections answer it. */
export interface Window<Edge> {
  readonly edges: readonly Edge[];
  readonly pageInfo?: Partial<PageInfo>;
}

export interface PageInfo {
  hasNextPage: boolean;
  hasPreviousPage: boolean;
  startCursor: string | null;
  endCursor: string | null;
}

/** The arguments with which a page was requested. */
export interface PageArguments {
  first?: number | null;
  after?: string | null;
  last?: number | null;
  before?: string | null;
  /** Set for a page around an anchor, which need not be at an end of the list. */
  around?: object | null;
}

/** Where in the list an edge belongs; unique in it. */
export type Rank<Edge> = (edge: Edge) => number;

/** Lists are ordered by position. A result without it is an error, because messages would silently be lost. */
export function selected(position: unknown): number {
  if (typeof position === 'number') return position;
  throw new Error('@parley/client: select `id position revision` on every message');
}

/**
 * Returns the list after a result: the old list joined with the page if the two touch, otherwise the newer of the two.
 */
export function join<Edge>(
  old: Window<Edge> | undefined,
  answer: Window<Edge>,
  args: PageArguments | null,
  rank: Rank<Edge>,
): Window<Edge> {
  const { after, before, first, around } = args ?? {};
  const newest = !before && !after && !first && !around;
  const page = {
    edges: answer.edges.toSorted((a, b) => rank(a) - rank(b)),
    pageInfo: {
      ...(newest && { hasNextPage: false }),
      // Until the result arrives, a message that is sent now does not adjoin the page.
      ...(around && { hasNextPage: true, hasPreviousPage: true }),
      ...answer.pageInfo,
    },
  };
  const bottom = page.edges[0];
  const top = page.edges.at(-1);
  const oldBottom = old?.edges[0];
  const oldTop = old?.edges.at(-1);
  if (!old || !oldBottom || !oldTop) return page;
  if (!bottom || !top) return { edges: old.edges, pageInfo: { ...old.pageInfo, ...emptySide(args) } };

  const overlap = rank(bottom) <= rank(oldTop) && rank(top) >= rank(oldBottom);
  const adjoins = (before && before === old.pageInfo?.startCursor) || (after && after === old.pageInfo?.endCursor);
  // A page of a list that was dropped in the meantime has no place in the new list. A newest page always begins one.
  if (!overlap && !adjoins) return before || after ? old : page;

  const start = rank(bottom) <= rank(oldBottom) ? page.pageInfo : old.pageInfo;
  const end = rank(top) >= rank(oldTop) ? page.pageInfo : old.pageInfo;
  return {
    edges: union(old.edges, page.edges, rank),
    pageInfo: { ...old.pageInfo, ...page.pageInfo, ...startOf(start), ...endOf(end) },
  };
}

/** Adds an edge if its place is inside the window. Edges beyond its ends come with a later page. */
export function place<Edge>(window: Window<Edge>, edge: Edge, rank: Rank<Edge>): Window<Edge> {
  const { edges, pageInfo } = window;
  const at = rank(edge);
  let index = edges.length;
  while (index > 0 && rank(edges[index - 1] as Edge) > at) index--;
  const below = edges[index - 1];
  if (below !== undefined && rank(below) === at) return window;
  if (index === 0 && pageInfo?.hasPreviousPage) return window;
  if (index === edges.length && pageInfo?.hasNextPage) return window;
  return { ...window, edges: edges.toSpliced(index, 0, edge) };
}

function union<Edge>(old: readonly Edge[], page: readonly Edge[], rank: Rank<Edge>): Edge[] {
  const byRank = new Map([...old, ...page].map((edge) => [rank(edge), edge]));
  return [...byRank.values()].sort((a, b) => rank(a) - rank(b));
}

function emptySide(args: PageArguments | null): Partial<PageInfo> {
  if (args?.before) return { hasPreviousPage: false };
  return args?.after ? { hasNextPage: false } : {};
}

function startOf({ hasPreviousPage, startCursor }: Partial<PageInfo> = {}): Partial<PageInfo> {
  return {
    ...(hasPreviousPage !== undefined && { hasPreviousPage }),
    ...(startCursor !== undefined && { startCursor }),
  };
}

function endOf({ hasNextPage, endCursor }: Partial<PageInfo> = {}): Partial<PageInfo> {
  return { ...(hasNextPage !== undefined && { hasNextPage }), ...(endCursor !== undefined && { endCursor }) };
}
