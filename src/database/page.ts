import DataLoader from 'dataloader';
import { groupBy } from '../group-by.ts';
import { required } from '../required.ts';
import { groupsByKey } from './batch.ts';
import { Prisma } from './generated/client.ts';
import type { Statement } from './statement.ts';

/** A page of rows between two keys, from its start or, `backward`, from its end. */
export interface Page<Key> {
  limit: number;
  backward: boolean;
  after: Key | null;
  before: Key | null;
}

/** One row more than the limit is fetched, which tells whether another page follows. */
export const fetchLimit = ({ limit }: Page<unknown>): number => limit + 1;

/** The key of rows that are in the order of a time, and of an id where times are equal. */
export type TimeKey = [time: string, id: string];

/** A page of rows that are newest first: the condition that follows others of its WHERE, and its order. */
export function newestFirst(page: Page<TimeKey>, time: Prisma.Sql, id: Prisma.Sql) {
  const bound = (operator: '<' | '>', key: TimeKey | null) =>
    key
      ? Prisma.sql`AND (${time}, ${id}) ${Prisma.raw(operator)} (${new Date(key[0])}, ${key[1]}::uuid)`
      : Prisma.empty;
  const direction = Prisma.raw(page.backward ? 'ASC' : 'DESC');
  return {
    within: Prisma.sql`${bound('<', page.after)} ${bound('>', page.before)}`,
    order: Prisma.sql`${time} ${direction}, ${id} ${direction}`,
  };
}

/** A page of the rows of one owner, such as a chat. */
interface OwnersPage<Owner, Key> {
  of: Owner;
  page: Page<Key>;
}

interface OwnersRows<Owner, Key> {
  /** The owners as rows `asked`, whose column `n` counts them from 1. */
  asked: (owners: readonly Owner[]) => Prisma.Sql;
  /** A text that is equal for the same owner only. */
  id: (owner: Owner) => string;
  /** A SELECT of the rows of the owner `asked`, up to and including its WHERE. */
  select: Prisma.Sql;
  /** The columns that order them. */
  key: readonly Prisma.Sql[];
  /** A key of a row as SQL values. */
  values: (key: Key) => readonly Prisma.Sql[];
}

/** Loads pages of rows of several owners. Owners that are asked for the same page share one statement. */
export function createPagesLoader<Owner, Key, Row>(statement: Statement, rows: OwnersRows<Owner, Key>) {
  const bound = (operator: '>' | '<', key: Key | null) =>
    key === null
      ? Prisma.empty
      : Prisma.sql`AND (${Prisma.join(rows.key)}) ${Prisma.raw(operator)} (${Prisma.join(rows.values(key))})`;

  async function load(page: Page<Key>, owners: readonly Owner[]): Promise<Row[][]> {
    const order = Prisma.join(
      rows.key.map((column) => Prisma.sql`${column} ${Prisma.raw(page.backward ? 'DESC' : 'ASC')}`),
    );
    const found = await statement<Row & { n: number }>(Prisma.sql`
      SELECT asked.n::int, page.* FROM ${rows.asked(owners)}
      CROSS JOIN LATERAL (
        ${rows.select} ${bound('>', page.after)} ${bound('<', page.before)} ORDER BY ${order} LIMIT ${fetchLimit(page)}
      ) AS page`);
    return groupsByKey(
      owners.map((_, i) => i + 1),
      found,
      ({ n }) => n,
    );
  }

  return new DataLoader<OwnersPage<Owner, Key>, Row[], string>(
    async (asked) => {
      const found = new Map<OwnersPage<Owner, Key>, Row[]>();
      const samePage = groupBy(asked, ({ page }) => JSON.stringify(page)).values();
      await Promise.all(
        [...samePage].map(async (group) => {
          const pages = await load(
            required(group[0]).page,
            group.map(({ of }) => of),
          );
          for (const [i, one] of group.entries()) found.set(one, required(pages[i]));
        }),
      );
      return asked.map((one) => required(found.get(one)));
    },
    { cacheKeyFn: ({ of, page }) => `${rows.id(of)} ${JSON.stringify(page)}` },
  );
}

/** Loads pages of rows of chats. In `select`, the chat is `asked.id`. */
export const createChatPagesLoader = <Key, Row>(
  statement: Statement,
  rows: Pick<OwnersRows<string, Key>, 'select' | 'key' | 'values'>,
) =>
  createPagesLoader<string, Key, Row>(statement, {
    ...rows,
    asked: (chatIds) => Prisma.sql`unnest(${chatIds}::uuid[]) WITH ORDINALITY AS asked (id, n)`,
    id: (chatId) => chatId,
  });
