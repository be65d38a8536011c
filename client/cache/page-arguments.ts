import type { PageArguments } from './window.ts';

/** The page arguments with which one chat's list was read. */
export interface ListNotes {
  page?: string;
}

const told = new Set<string>();

/**
 * A chat's messages are one list in the cache: a query without a cursor shows all of it, whatever number of rows it
 * asks for. Two queries that ask for different pages would both be surprised; that is said once.
 */
export function noticePage(list: ListNotes, args: PageArguments | null): void {
  const { first, last, after, before, around } = args ?? {};
  if (after || before || around) return;
  const page = first ? `first: ${first}` : last ? `last: ${last}` : 'no number of rows';
  const other = list.page;
  list.page = page;
  if (other === undefined || other === page) return;
  const pages = [other, page].sort().join(' and ');
  if (told.has(pages)) return;
  told.add(pages);
  console.warn(
    `@parley/client: one chat's messages are read with ${pages}. They are one list in the cache, and each shows all of it. For a preview select lastMessage; else cut the list where it is shown.`,
  );
}
