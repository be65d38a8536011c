import type { Prisma } from './generated/client.ts';

export type Transaction = Prisma.TransactionClient;

/** The time by the database's clock: servers' clocks differ. */
export async function databaseTime(tx: Transaction): Promise<Date> {
  const [row] = await tx.$queryRaw<[{ now: Date }]>`SELECT clock_timestamp()::timestamptz(3) AS now`;
  return row.now;
}
