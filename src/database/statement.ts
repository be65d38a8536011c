import type { Prisma } from './generated/client.ts';

/**
 * Runs one SQL statement directly on the driver, without Prisma, for the hot paths. It is a prepared statement unless a
 * pooler is in between.
 */
export type Statement = <Row>(sql: Prisma.Sql) => Promise<Row[]>;
