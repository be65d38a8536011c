import { Prisma } from './generated/client.ts';

/** The database cannot be used as things are. The message is one sentence for the operator: what is wrong, what to do. */
export class DatabaseUnavailableError extends Error {
  override readonly name = 'DatabaseUnavailableError';
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

/** The statement was refused for what it would have written, and undone. */
export const isConstraintViolation = (error: unknown): boolean => sqlState(error)?.startsWith('23') ?? false;

/** As `isConstraintViolation`, for a row whose key is taken. */
export const isUniqueViolation = (error: unknown): boolean => sqlState(error) === UNIQUE_VIOLATION;

/** SQLSTATE classes: connection exception, insufficient resources, and a server that stops or has only just started. */
const AWAY_STATES = /^(08|53|57P)/;
const AWAY_KINDS = new Set(['ConnectionClosed', 'DatabaseNotReachable', 'SocketTimeout', 'TooManyConnections']);
/** Prisma's: unreachable, timed out, closed, no connection to be had from the pool, no transaction to be begun. */
const AWAY_CODES = new Set([
  'P1001',
  'P1002',
  'P1008',
  'P1017',
  'P2024',
  'P2028',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);
/** What pg says of a connection that broke, without a code. */
const AWAY_MESSAGES =
  /^Connection terminated|connection error and is not queryable|timeout exceeded when trying to connect/;

/** Whether the statement failed only because the database could not be reached, or went away: another try may succeed. */
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
