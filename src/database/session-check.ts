import { required } from '../required.ts';
import type { MigrationConnection } from './migration-connection.ts';

/** Number of queries on each connection, because a pooler may use its sessions in turn. */
const ROUNDS = 3;

/**
 * Whether two connections have two sessions of their own. A pooler in transaction mode gives one session to several
 * connections in turn, and several sessions to one connection.
 */
export async function haveOwnSessions(one: MigrationConnection, other: MigrationConnection): Promise<boolean> {
  const ofOne = new Set<number>();
  const ofOther = new Set<number>();
  for (let round = 0; round < ROUNDS; round++) {
    ofOne.add(await sessionId(one));
    ofOther.add(await sessionId(other));
  }
  return new Set([...ofOne, ...ofOther]).size === 2 && ofOne.size === 1;
}

async function sessionId(connection: MigrationConnection): Promise<number> {
  const [row] = await connection.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return required(row).pid;
}
