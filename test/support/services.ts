import { Redis } from 'ioredis';
import pg from 'pg';

const POSTGRES = process.env.DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
const REDIS = process.env.REDIS_URL ?? 'redis://127.0.0.1:6379';

export interface Services {
  /** The address of a database whose user may create databases: each run creates its own. */
  postgresUrl: string;
  redisUrl: string;
}

/**
 * Finds PostgreSQL and Redis. If one of them is missing, prints the reason and returns nothing, and the tests that need
 * them are left out. `PARLEY_TEST_SERVICES=off` leaves them out in any case. With `CI=true` they must be there.
 */
export async function findServices(): Promise<Services | undefined> {
  if (process.env.PARLEY_TEST_SERVICES === 'off') return leaveOut('PARLEY_TEST_SERVICES is off.');
  const failures = await Promise.all([
    reachPostgres().catch((error: unknown) => describe('PostgreSQL', 'DATABASE_URL', POSTGRES, error)),
    reachRedis().catch((error: unknown) => describe('Redis', 'REDIS_URL', REDIS, error)),
  ]);
  const failure = failures.filter((line) => line !== undefined).join(' ');
  if (failure === '') return { postgresUrl: POSTGRES, redisUrl: REDIS };
  if (process.env.CI === 'true') throw new Error(`${failure} With CI=true no test is left out.`);
  return leaveOut(failure);
}

function leaveOut(reason: string): undefined {
  console.warn(`${reason} The tests on PostgreSQL and Redis are left out.`);
}

async function reachPostgres(): Promise<undefined> {
  const client = new pg.Client({ connectionString: POSTGRES, connectionTimeoutMillis: 3_000 });
  client.on('error', () => undefined);
  await client.connect();
  await client.end();
}

async function reachRedis(): Promise<undefined> {
  const redis = new Redis(REDIS, { lazyConnect: true, connectTimeout: 3_000, retryStrategy: () => null });
  let reason: unknown;
  redis.on('error', (error) => (reason = error));
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    throw reason ?? error;
  } finally {
    redis.disconnect();
  }
}

function describe(service: string, variable: string, url: string, error: unknown): string {
  const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return `${service} at ${new URL(url).host} (${variable}) cannot be reached: ${reason}.`;
}
