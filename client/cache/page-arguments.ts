import type { PageArguments } from './window.ts';

/** The page arguments with which one chat's list was read. */
export interface ListNotes {
  page?: string;
}

const told = new Set<string>();

/**
 * In the cache a chat's messages are one list: a query without a cursor shows the whole list, whatever number of rows
 * it asks for. Two queries with different page sizes would both get unexpected rows, so this is reported once.
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
    `@parley/client: one chat's messages are read with ${pages}. In the cache they are one list, and each query shows all of it. For a preview select lastMessage; otherwise shorten the list where it is shown.`,
  );
}
