import type { PGliteInterface, Transaction } from '@electric-sql/pglite';
import type pg from 'pg';

/**
 * One session of a database. Prisma's adapters cannot be used: one of them splits scripts at every semicolon, the other
 * does not wait for them.
 */
export interface MigrationConnection {
  /** Sends a script of many statements as one message. */
  runScript(script: string): Promise<unknown>;
  query<Row>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** Runs the work in a transaction. */
  transaction<T>(work: (connection: Pick<MigrationConnection, 'runScript' | 'query'>) => Promise<T>): Promise<T>;
}

export function pgConnection(client: pg.Client): MigrationConnection {
  const statements = {
    runScript: (script: string) => client.query(script),
    query: async <Row>(sql: string, values: unknown[] = []) => (await client.query(sql, values)).rows as Row[],
  };
  return {
    ...statements,
    async transaction(work) {
      await client.query('BEGIN');
      try {
        const result = await work(statements);
        await client.query('COMMIT');
        return result;
      } catch (error) {
        // A lost connection has undone it already, and its own error is the one to report.
        await client.query('ROLLBACK').catch(() => undefined);
        throw error;
      }
    },
  };
}

export function pgliteConnection(pglite: PGliteInterface): MigrationConnection {
  const statements = (on: PGliteInterface | Transaction) => ({
    runScript: (script: string) => on.exec(script),
    query: async <Row>(sql: string, values: unknown[] = []) => (await on.query<Row>(sql, values)).rows,
  });
  return { ...statements(pglite), transaction: (work) => pglite.transaction((tx) => work(statements(tx))) };
}
