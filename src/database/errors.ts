import { Prisma } from './generated/client.ts';

/** The database cannot be used. The message is one sentence for the operator: what is wrong, and what to do. */
export class DatabaseUnavailableError extends Error {
  override readonly name = 'DatabaseUnavailableError';
}

/** PostgreSQL has not answered in time, and the connection is closed. The statement may have been executed. */
export class DatabaseTimeoutError extends Error {
  override readonly name = 'DatabaseTimeoutError';
  readonly code = 'ETIMEDOUT';

  constructor() {
    super('PostgreSQL has not answered in time: the connection is given up.');
  }
}

/** The SQLSTATE of a failed statement, whether Prisma ran it or not. */
export function sqlState(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof Prisma.PrismaClientKnownRequestError) {
    const adapterError = error.meta?.driverAdapterError as { cause?: { originalCode?: string } } | undefined;
    return adapterError?.cause?.originalCode;
  }
  return 'code' in error ? String(error.code) : undefined;
}

const UNIQUE_VIOLATION = '23505';
const LOCK_NOT_AVAILABLE = '55P03';

/** Whether the statement waited too long for a lock of another transaction. */
export const isLockTimeout = (error: unknown): boolean => sqlState(error) === LOCK_NOT_AVAILABLE;

/** Whether the statement would have violated a constraint, and was undone. */
export const isConstraintViolation = (error: unknown): boolean => sqlState(error)?.startsWith('23') ?? false;

/** Whether the statement violated the unique constraint of this name. */
export const isUniqueViolation = (error: unknown, constraint: string): boolean =>
  sqlState(error) === UNIQUE_VIOLATION && messageOf(error).includes(`"${constraint}"`);

/** The message of PostgreSQL, without Prisma's additions. */
function messageOf(error: unknown): string {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return String(error);
  const adapterError = error.meta?.driverAdapterError as { cause?: { originalMessage?: string } } | undefined;
  return adapterError?.cause?.originalMessage ?? error.message;
}

/**
 * SQLSTATEs of temporary errors: connection exceptions, insufficient resources, a server that stops or starts, a
 * statement or lock that took too long, a transaction that was idle for too long or met a deadlock, a server that is
 * read-only.
 */
const AWAY_STATES = /^(08|53|57P|57014|55P03|25P03|25006|40001|40P01)/;
const AWAY_KINDS = new Set(['ConnectionClosed', 'DatabaseNotReachable', 'SocketTimeout', 'TooManyConnections']);
/** Prisma's codes: unreachable, timed out, closed, no free connection, no transaction could be begun, a deadlock. */
const AWAY_CODES = new Set([
  'P1001',
  'P1002',
  'P1008',
  'P1017',
  'P2024',
  'P2028',
  'P2034',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);
/** Messages of `pg` about a broken connection; these errors have no code. */
const AWAY_MESSAGES =
  /^Connection terminated|connection error and is not queryable|timeout exceeded when trying to connect/;

/**
 * Whether the statement failed because the database cannot be reached or is overloaded, so that a retry may succeed.
 */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const state = sqlState(error);
  if (state !== undefined && (AWAY_STATES.test(state) || AWAY_CODES.has(state))) return true;
  if (error instanceof Prisma.PrismaClientKnownRequestError) {
    const adapterError = error.meta?.driverAdapterError as { cause?: { kind?: string } } | undefined;
    return AWAY_CODES.has(error.code) || AWAY_KINDS.has(adapterError?.cause?.kind ?? '');
  }
  return AWAY_MESSAGES.test(error.message);
}
