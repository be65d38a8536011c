import pg from 'pg';
import { required } from '../required.ts';
import { readAddress, type Address } from './address.ts';
import { DatabaseUnavailableError, sqlState } from './errors.ts';
import { migrate } from './migrate.ts';
import { pgConnection, type MigrationConnection } from './migration-connection.ts';
import { haveOwnSessions } from './session-check.ts';
import { checkMayUse, complaint, readFacts, untested, type ServerFacts } from './preconditions.ts';

const CONNECT_TIMEOUT = 10_000;

export interface ConnectOptions {
  url: string;
  directUrl?: string | undefined;
  /** Called with sentences for the operator. */
  report?: ((sentence: string) => void) | undefined;
}

/** The servers behind the addresses, as they were found before anything was written. */
export interface Inspected {
  /** The session to `DATABASE_URL`. */
  main: MigrationConnection;
  client: pg.ClientConfig;
  facts: ServerFacts;
  /** The session in which the migrations run: to `DIRECT_URL` if that is set. */
  direct: MigrationConnection;
}

/** Inspects the server behind each address. Throws a `DatabaseUnavailableError` if Parley cannot run there. */
export async function inspectServer<T>(
  { url, directUrl, report }: ConnectOptions,
  work: (inspected: Inspected) => Promise<T>,
): Promise<T> {
  const main = await Visit.begin(url, 'DATABASE_URL', directUrl === undefined);
  let direct = main;
  try {
    if (directUrl !== undefined) direct = await Visit.begin(directUrl, 'DIRECT_URL', true);
    const facts = await main.check();
    if (direct !== main) checkSame(facts, await direct.check());
    await direct.checkSession();
    const newer = untested(facts);
    if (newer !== undefined) report?.(newer);
    return await work({ main: main.session, client: main.client, facts, direct: direct.session });
  } catch (error) {
    throw refused(error);
  } finally {
    await Promise.all([...new Set([main, direct])].map((visit) => visit.end()));
  }
}

/** Inspects the server and migrates the database. Returns the options to connect with, and the schema of the tables. */
export function prepareServer(options: ConnectOptions): Promise<{ client: pg.ClientConfig; schema: string }> {
  return inspectServer(options, async ({ main, direct, client, facts }) => {
    await migrate(direct);
    await checkMayUse(main);
    return { client, schema: required(facts.schema) };
  });
}

/** One session for the checks and migrations before the server starts. */
class Visit {
  readonly session: MigrationConnection;

  private constructor(
    readonly client: pg.ClientConfig,
    private readonly connection: pg.Client,
    private readonly address: Address,
    private readonly variable: string,
  ) {
    this.session = pgConnection(connection);
  }

  static async begin(url: string, variable: string, setsSchema: boolean): Promise<Visit> {
    const address = readAddress(url);
    if (typeof address === 'string') throw new DatabaseUnavailableError(`${variable} ${address}.`);
    const client = setsSchema ? inSchema(address) : address.client;
    try {
      return new Visit(client, await connect(client), address, variable);
    } catch (error) {
      if (!address.tlsOptional || !isWithoutTls(error)) throw explain(error, client, variable);
      const plain = { ...client, ssl: false };
      const connection = await connect(plain).catch((again: unknown) =>
        Promise.reject(explain(again, plain, variable)),
      );
      return new Visit(plain, connection, address, variable);
    }
  }

  async check(): Promise<ServerFacts> {
    const facts = await readFacts(this.session);
    const wrong = complaint(facts, this.variable, this.address.schema);
    if (wrong !== undefined) throw new DatabaseUnavailableError(wrong);
    return facts;
  }

  /**
   * Migrations hold a lock of their session, and without `DIRECT_URL` statements are prepared in it. A pooler in
   * transaction mode loses both.
   */
  async checkSession(): Promise<void> {
    const other = await connect(this.client);
    const isSession = await haveOwnSessions(this.session, pgConnection(other)).finally(() => other.end());
    if (isSession) return;
    const remedy =
      this.variable === 'DIRECT_URL' ? 'name PostgreSQL itself there' : 'set DIRECT_URL to PostgreSQL itself as well';
    throw new DatabaseUnavailableError(
      `${this.variable} leads to a pooler in transaction mode, which the migrations cannot use: ${remedy}.`,
    );
  }

  end = () => this.connection.end();
}

/**
 * `public` stays in the search path for extensions. A pooler refuses the option; behind one the role's setting counts.
 */
function inSchema({ client, schema }: Address): pg.ClientConfig {
  if (schema === undefined) return client;
  const path = `"${schema.replaceAll('"', '""')}",public`.replace(/[\\\s]/g, '\\$&');
  return { ...client, options: `${client.options ?? ''} -c search_path=${path}`.trim() };
}

async function connect(config: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client({
    ...config,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  });
  // The pending statement fails with the same error, so it is handled there.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

const isWithoutTls = (error: unknown) => error instanceof Error && /does not support SSL/.test(error.message);

function checkSame(main: ServerFacts, direct: ServerFacts): void {
  if (main.database === direct.database && main.schema === direct.schema) return;
  throw new DatabaseUnavailableError(
    `DATABASE_URL leads to the schema ${main.schema} of ${main.database}, DIRECT_URL to the schema ${direct.schema} of ${direct.database}: name the same database, and the schema with ?schema= in both.`,
  );
}

/** Explains a missing right that `complaint` does not check, such as to read the table of migrations. */
function refused(error: unknown): unknown {
  if (sqlState(error) !== '42501') return error;
  return new DatabaseUnavailableError(
    `PostgreSQL refuses what Parley needs to start (${(error as Error).message}): grant it to the role of DATABASE_URL.`,
    { cause: error },
  );
}

/** Host and port, as an operator would write them. */
export function placeOf(config: pg.ClientConfig): string {
  const { host, port } = new pg.Client(config);
  return host.startsWith('/') ? host : `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Explains a failed connection by its SQLSTATE. An error without one came before PostgreSQL answered. */
function explain(error: unknown, config: pg.ClientConfig, variable: string): Error {
  const { user, database } = new pg.Client(config);
  const place = placeOf(config);
  const code = sqlState(error);
  const detail = error instanceof Error ? error.message : String(error);
  const message =
    code === '28P01' || code === '28000'
      ? `PostgreSQL at ${place} does not let ${user ?? 'this user'} in (${detail}): correct user and password in ${variable}.`
      : code === '3D000'
        ? `PostgreSQL at ${place} has no database ${database}: create it, or correct ${variable}.`
        : isWithoutTls(error)
          ? `PostgreSQL at ${place} does not offer TLS: turn it on there, or write sslmode=prefer or disable in ${variable}.`
          : `PostgreSQL at ${place} cannot be reached (${code ?? detail}): start it, or correct ${variable}.`;
  return new DatabaseUnavailableError(message, { cause: error });
}
