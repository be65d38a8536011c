import { readConfig } from '../config/config.ts';
import { checkDatabase } from '../database/check.ts';
import { checkRedis } from '../pubsub/redis-check.ts';

/**
 * `parley check` names everything that would stop a server or slow it down, and sets the exit code to 1 if there is
 * any.
 */
export async function check(): Promise<void> {
  const { database, redis } = readConfig();
  report(true, 'Configuration', 'every variable that is set can be used');
  const results = [
    await attempt('Database', () => checkDatabase(database)),
    await attempt('Redis', async () =>
      redis.url === undefined
        ? 'not used: one server alone needs none'
        : checkRedis({ url: redis.url, prefix: redis.prefix ?? 'parley' }),
    ),
  ];
  if (results.includes(false)) process.exitCode = 1;
  else console.log('All is well.');
}

/** Prints the answer of a check, or why it failed. */
async function attempt(name: string, perform: () => Promise<string>): Promise<boolean> {
  try {
    report(true, name, await perform());
    return true;
  } catch (error) {
    report(false, name, error instanceof Error ? error.message : String(error));
    return false;
  }
}

function report(good: boolean, name: string, text: string): void {
  console.log(`${good ? 'good ' : 'WRONG'}  ${name.padEnd(15)}${text}`);
}
