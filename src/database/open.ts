import type pg from 'pg';
import { openEmbedded } from './embedded.ts';
import { PrismaClient } from './generated/client.ts';
import { requestDeadlines } from './pool.ts';
import { openPostgres } from './postgres.ts';
import type { Statement } from './statement.ts';

const TIMEOUT_MS = 15_000;

export interface DatabaseOptions {
  /** The address of PostgreSQL. Without it the embedded database in `dataDir` is opened. */
  url?: string | undefined;
  /** The address of PostgreSQL itself if `url` is that of a pooler: migrations need one session. */
  directUrl?: string | undefined;
  /** The folder of the embedded database; `memory://` keeps it in memory. */
  dataDir: string;
  /** Maximum number of connections to PostgreSQL for requests, 10 by default. The embedded database has one. */
  poolSize?: number | undefined;
  /** Milliseconds after which a request fails that PostgreSQL does not answer; 15,000 by default. */
  timeoutMs?: number | undefined;
  /** The initial content of an embedded database in memory, as PGlite's `dumpDataDir` writes it. */
  image?: Blob | undefined;
  /** Called with a sentence for the operator when a step takes seconds. */
  report?: ((sentence: string) => void) | undefined;
}

export interface Database {
  db: PrismaClient;
  statement: Statement;
  /**
   * Like `statement`, over a few connections of its own with short deadlines, for work that must not wait for requests.
   */
  reserve: Statement;
  /** Distinguishes this deployment from another on the same Redis. */
  deploymentId: string;
  kind: 'postgres' | 'embedded';
  pool?: pg.Pool;
  close(): Promise<void>;
}

/** Opens and migrates the database. Throws a `DatabaseUnavailableError` if that is impossible. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { url, timeoutMs = TIMEOUT_MS } = options;
  const { adapter, close, ...kind } =
    url === undefined ? await openEmbedded(options) : await openPostgres({ ...options, url, timeoutMs });
  const { connect, answer } = requestDeadlines(timeoutMs);
  const db = new PrismaClient({
    adapter,
    // The other formats repeat the arguments of a failed call, such as texts of messages, in the error's message.
    errorFormat: 'minimal',
    transactionOptions: { maxWait: connect, timeout: answer },
  });
  try {
    const { id } = await db.deployment.findFirstOrThrow();
    // The embedded database has one connection, and Prisma keeps the order on it.
    const statement: Statement = (sql) => db.$queryRaw(sql);
    return { db, statement, reserve: statement, deploymentId: id, ...kind, close: () => db.$disconnect().then(close) };
  } catch (error) {
    await db.$disconnect().then(close);
    throw error;
  }
}
