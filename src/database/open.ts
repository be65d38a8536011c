import type pg from 'pg';
import { openEmbedded } from './embedded.ts';
import { PrismaClient, type Prisma } from './generated/client.ts';
import { openPostgres } from './postgres.ts';

export interface DatabaseOptions {
  /** PostgreSQL's address. Without it the embedded database is opened, in `dataDir`. */
  url?: string | undefined;
  /** PostgreSQL's own address where `url` is a pooler's: migrations need one session. */
  directUrl?: string | undefined;
  /** Where the embedded database is kept; `memory://` keeps it nowhere. */
  dataDir: string;
  /** Connections to PostgreSQL, 10 by default. The embedded database has one. */
  poolSize?: number | undefined;
  /** An image to start an embedded database in memory from, instead of an empty one: PGlite's `dumpDataDir`. */
  image?: Blob | undefined;
}

/** Runs one SQL statement by itself, prepared where no pooler is between: past Prisma, where sending and reading are hot. */
export type Statement = <Row>(sql: Prisma.Sql) => Promise<Row[]>;

export interface Database {
  db: PrismaClient;
  statement: Statement;
  /** Tells this deployment from another on the same Redis. */
  deploymentId: string;
  kind: 'postgres' | 'embedded';
  pool?: pg.Pool;
  close(): Promise<void>;
}

/** Opens the database, brings it up to date, and fails with a `DatabaseUnavailableError` if that cannot be. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { adapter, close, ...kind } =
    options.url === undefined ? await openEmbedded(options) : await openPostgres({ ...options, url: options.url });
  const db = new PrismaClient({ adapter, transactionOptions: { maxWait: 5_000, timeout: 10_000 } });
  try {
    const { id } = await db.deployment.findFirstOrThrow();
    // The embedded database has one connection, and Prisma keeps the order on it.
    const statement: Statement = (sql) => db.$queryRaw(sql);
    return { db, statement, deploymentId: id, ...kind, close: () => db.$disconnect().then(close) };
  } catch (error) {
    await db.$disconnect().then(close);
    throw error;
  }
}
