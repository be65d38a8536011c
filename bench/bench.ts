import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { createAccessTokens } from '../src/session/access-token.ts';
import { createBenchDatabase, rowId, type BenchDatabase } from './database.ts';
import { Publisher } from './load/publisher.ts';
import type { Section } from './report.ts';
import type { Surroundings } from './systems.ts';

export interface BenchOptions {
  /** A short run, which shows that everything works. Its figures mean nothing. */
  quick: boolean;
  /** The directory for CPU profiles of the servers. */
  profiles?: string | undefined;
}

/** The environment of the suites: a database and Redis channels of their own. */
export interface Bench {
  options: BenchOptions;
  database: BenchDatabase;
  publisher: Publisher;
  surroundings: Surroundings;
  /** The access tokens of users, by number. */
  tokens(users: readonly number[]): Promise<string[]>;
  log(text: string): void;
  close(): Promise<void>;
}

/** Measures one thing, and returns the sections of its report. */
export type Suite = (bench: Bench) => Promise<Section[]>;

export async function openBench(options: BenchOptions): Promise<Bench> {
  const database = await createBenchDatabase(
    process.env.DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres',
  );
  const redisUrl = process.env.REDIS_URL ?? 'redis://127.0.0.1:6379';
  const redis = new Redis(redisUrl);
  const jwtSecret = randomBytes(32).toString('hex');
  const accessTokens = createAccessTokens(jwtSecret);
  return {
    options,
    database,
    publisher: new Publisher(database.pool, redis),
    surroundings: {
      databaseUrl: database.url,
      redisUrl,
      prefix: `bench-${randomBytes(4).toString('hex')}`,
      jwtSecret,
      profiles: options.profiles,
    },
    tokens: (users) => Promise.all(users.map(async (user) => (await accessTokens.issue(rowId('user', user))).token)),
    log: (text) => console.log(text),
    async close() {
      redis.disconnect();
      await database.drop();
    },
  };
}
