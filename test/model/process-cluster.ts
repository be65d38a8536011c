import { inject } from 'vitest';
import { secret } from '../support/app.ts';
import { startRedisServer } from '../support/redis-server.ts';
import { startServerProcess, type ServerProcess } from '../support/server-process.ts';
import type { Cluster } from './cluster.ts';

/** Starts two processes, which can be killed with SIGKILL, and a Redis of their own. */
export async function startClusterOfProcesses(): Promise<Cluster> {
  const database = inject('database');
  if (!('url' in database)) throw new Error('This needs PostgreSQL.');
  const redis = await startRedisServer();
  const start = () =>
    startServerProcess({
      DATABASE_URL: database.url,
      DATABASE_POOL_SIZE: '5',
      REDIS_URL: redis.url,
      JWT_SECRET: secret,
      RECONCILE_MS: '200',
    });
  const servers: (ServerProcess | null)[] = await Promise.all([start(), start()]);
  let redisRuns = true;

  return {
    begin: () => {},
    port: (index) => servers[index]?.port ?? null,
    async kill(index) {
      const dead = servers[index];
      if (!dead) return;
      servers[index] = null;
      await dead.kill();
      servers[index] = await start();
    },
    // The payload is lost, as may happen. The servers find the event in the log.
    publish: () => {},
    async stopRedis() {
      redisRuns = false;
      await redis.kill();
    },
    async startRedis() {
      if (redisRuns) return;
      redisRuns = true;
      await redis.start();
    },
    async stop() {
      for (const server of servers) await server?.kill();
      await redis.kill();
    },
  };
}
