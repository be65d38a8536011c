import { required } from '../required.ts';
import { DatabaseUnavailableError } from './errors.ts';
import { Prisma } from './generated/client.ts';
import type { MigrationConnection } from './migration-connection.ts';

/** The oldest that is supported, and the newest that Parley was tested with. */
const OLDEST = 14;
const NEWEST = 18;

/** Facts about a server and about the role that is connected. */
export interface ServerFacts {
  version: number;
  encoding: string;
  standby: boolean;
  readOnly: boolean;
  /** The schema of new tables and unqualified names; null if the role may use no schema of its search path. */
  schema: string | null;
  /** The first schema of the search path that holds migrations. */
  migratedSchema: string | null;
  role: string;
  database: string;
}

export async function readFacts(session: MigrationConnection): Promise<ServerFacts> {
  const [facts] = await session.query<ServerFacts>(`
    SELECT current_setting('server_version_num')::int / 10000 AS version,
           current_setting('server_encoding') AS encoding,
           pg_is_in_recovery() AS standby,
           current_setting('transaction_read_only') = 'on' AS "readOnly",
           current_schema()::text AS schema,
           (SELECT nspname::text FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
            WHERE pg_class.oid = to_regclass('_prisma_migrations')) AS "migratedSchema",
           current_user::text AS role,
           current_database()::text AS database`);
  return required(facts);
}

/** One sentence that says why Parley cannot run on the server, and what to do; undefined if it can. */
export function complaint(facts: ServerFacts, variable: string, wanted: string | undefined): string | undefined {
  const { version, encoding, standby, readOnly, schema, migratedSchema, role, database } = facts;
  if (version < OLDEST) {
    return `PostgreSQL ${version} is too old: Parley needs PostgreSQL ${OLDEST} to ${NEWEST}; upgrade it, or name another in ${variable}.`;
  }
  if (standby) {
    return `${variable} leads to a standby, where nothing can be written: name the primary, or promote this server.`;
  }
  if (readOnly) {
    return `The database ${database} is read-only for ${role}: turn default_transaction_read_only off, or correct ${variable}.`;
  }
  if (encoding !== 'UTF8') {
    return `The database ${database} has the encoding ${encoding}, which cannot hold every text: create one with ENCODING 'UTF8' TEMPLATE template0, and name it in ${variable}.`;
  }
  if (wanted !== undefined && schema !== wanted) {
    return `The schema ${wanted} of ${variable} is not where ${role} works: create it and GRANT USAGE on it; behind a pooler, ALTER ROLE ${role} SET search_path = ${wanted} as well.`;
  }
  if (schema === null) {
    return `The role ${role} has no schema to work in: GRANT USAGE, CREATE ON SCHEMA public TO ${role}, or name a schema with ?schema= in ${variable}.`;
  }
  if (wanted === undefined && migratedSchema !== null && migratedSchema !== schema) {
    return `The role ${role} works in the schema ${schema}, but there are tables of Parley or of another application in ${migratedSchema}: name the one that you mean with ?schema= in ${variable}.`;
  }
  return undefined;
}

export const untested = ({ version }: ServerFacts): string | undefined =>
  version > NEWEST
    ? `PostgreSQL ${version} is newer than what this Parley was tested with (${OLDEST} to ${NEWEST}).`
    : undefined;

/** Checks the rights that the migrations need, before the first one is applied. */
export async function checkMayMigrate(session: MigrationConnection): Promise<void> {
  const [rights] = await session.query<{
    role: string;
    schema: string;
    database: string;
    mayCreate: boolean;
    mayExtend: boolean;
    available: boolean;
    trigrams: string | null;
    trigramsSeen: boolean;
  }>(`
    SELECT current_user::text AS role, current_schema()::text AS schema, current_database()::text AS database,
           has_schema_privilege(current_schema(), 'CREATE') AS "mayCreate",
           has_database_privilege(current_database(), 'CREATE') AS "mayExtend",
           EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm') AS available,
           nspname::text AS trigrams, nspname = ANY (current_schemas(true)) AS "trigramsSeen"
    FROM (VALUES (1)) AS one
         LEFT JOIN (pg_extension JOIN pg_namespace n ON n.oid = extnamespace) ON extname = 'pg_trgm'`);
  const { role, schema, database, mayCreate, mayExtend, available, trigrams, trigramsSeen } = required(rights);
  if (!mayCreate) {
    throw new DatabaseUnavailableError(
      `The role ${role} may not create tables in the schema ${schema}: GRANT CREATE ON SCHEMA ${schema} TO ${role}.`,
    );
  }
  if (!available) {
    throw new DatabaseUnavailableError(
      'PostgreSQL lacks the extension pg_trgm: install its package of contributed modules.',
    );
  }
  if (trigrams === null && !mayExtend) {
    throw new DatabaseUnavailableError(
      `The role ${role} may not create the extension pg_trgm: GRANT CREATE ON DATABASE ${database} TO ${role}, or let an administrator CREATE EXTENSION pg_trgm.`,
    );
  }
  if (trigrams !== null && !trigramsSeen) {
    throw new DatabaseUnavailableError(
      `The extension pg_trgm is in the schema ${trigrams}, which is not in the search path: ALTER EXTENSION pg_trgm SET SCHEMA public, or add ${trigrams} to the search path of ${role}.`,
    );
  }
}

const tables = Object.values(Prisma.ModelName).map((name) => name.replace(/(?<!^)[A-Z]/g, '_$&').toLowerCase());

/** Checks after the migrations that the role may read and write every table. */
export async function checkMayUse(session: MigrationConnection): Promise<void> {
  const [found] = await session.query<{ role: string; schema: string; closed: string | null }>(
    `
    SELECT current_user::text AS role, current_schema()::text AS schema,
           (SELECT string_agg(relname, ', ' ORDER BY relname) FROM pg_class
            WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) AND relname = ANY ($1)
              AND NOT (has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT')
                       AND has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE'))) AS closed`,
    [tables],
  );
  const { role, schema, closed } = required(found);
  if (closed === null) return;
  throw new DatabaseUnavailableError(
    `The role ${role} may not read and write ${closed}: GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${role}.`,
  );
}
