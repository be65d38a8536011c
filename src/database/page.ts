import DataLoader from 'dataloader';
import { groupBy } from '../group-by.ts';
import { groupsByKey } from './batch.ts';
import { Prisma } from './generated/client.ts';
import type { Statement } from './open.ts';

/** A page of rows between two keys, from its start or, `backward`, from its end. */
export interface Page<Key> {
  limit: number;
  backward: boolean;
  after: Key | null;
  before: Key | null;
}

/** Rows are fetched in the direction of the page, one more than its limit: whether there is more. */
export const fetchLimit = ({ limit }: Page<unknown>): number => limit + 1;

interface ChatPage<Key> {
  chatId: string;
  page: Page<Key>;
}

interface ChatRows<Key> {
  /** A SELECT of the rows of the chat `asked.id`, as far as its WHERE. */
  select: Prisma.Sql;
  /** The columns that order them. */
  key: readonly Prisma.Sql[];
  /** A key of theirs as SQL values. */
  values: (key: Key) => readonly Prisma.Sql[];
}

/** Pages of chats' rows: one statement for all chats that are asked for the same page. */
export function createChatPagesLoader<Key, Row extends { chatId: string }>(statement: Statement, rows: ChatRows<Key>) {
  const bound = (operator: '>' | '<', key: Key | null) =>
    key === null
      ? Prisma.empty
      : Prisma.sql`AND (${Prisma.join(rows.key)}) ${Prisma.raw(operator)} (${Prisma.join(rows.values(key))})`;

  async function load(page: Page<Key>, chatIds: string[]): Promise<Row[][]> {
    const order = Prisma.join(
      rows.key.map((column) => Prisma.sql`${column} ${Prisma.raw(page.backward ? 'DESC' : 'ASC')}`),
    );
    const found = await statement<Row>(Prisma.sql`
      SELECT page.* FROM unnest(${chatIds}::uuid[]) AS asked (id)
      CROSS JOIN LATERAL (
        ${rows.select} ${bound('>', page.after)} ${bound('<', page.before)} ORDER BY ${order} LIMIT ${fetchLimit(page)}
      ) AS page`);
    return groupsByKey(chatIds, found, (row) => row.chatId);
  }

  return new DataLoader<ChatPage<Key>, Row[], string>(
    async (asked) => {
      const found = new Map<ChatPage<Key>, Row[]>();
      const samePage = groupBy(asked, ({ page }) => JSON.stringify(page)).values();
      await Promise.all(
        [...samePage].map(async (group) => {
          const chatIds = group.map(({ chatId }) => chatId);
          const pages = await load(group[0]!.page, chatIds);
          for (const [i, chatPage] of group.entries()) found.set(chatPage, pages[i]!);
        }),
      );
      return asked.map((chatPage) => found.get(chatPage)!);
    },
    { cacheKeyFn: ({ chatId, page }) => `${chatId} ${JSON.stringify(page)}` },
  );
}
