import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { inspectServer, placeOf, type ConnectOptions } from './connect.ts';
import { DatabaseUnavailableError } from './errors.ts';
import { pendingMigrations } from './migrate.ts';
import type { DatabaseOptions } from './open.ts';
import { checkMayUse } from './preconditions.ts';

/**
 * Says in a sentence which database a server would use, and writes nothing. Throws a `DatabaseUnavailableError` if a
 * server could not start.
 */
export async function checkDatabase({ url, dataDir, ...options }: DatabaseOptions): Promise<string> {
  return url === undefined ? checkFolder(dataDir) : checkPostgres({ url, ...options });
}

function checkPostgres(options: ConnectOptions): Promise<string> {
  return inspectServer(options, async ({ main, client, facts, direct }) => {
    const pending = await pendingMigrations(direct);
    if (pending.length === 0) await checkMayUse(main);
    const todo = pending.length === 0 ? 'up to date' : `the next start applies ${pending.join(', ')}`;
    return `PostgreSQL ${facts.version}, database ${facts.database} at ${placeOf(client)}: ${todo}`;
  });
}

/** The embedded database is not opened: that would write. */
function checkFolder(dataDir: string): string {
  if (dataDir.startsWith('memory://')) return 'embedded, in memory: what is written ends with the server';
  const folder = resolve(dataDir);
  const nearest = nearestThatExists(folder);
  try {
    accessSync(nearest, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new DatabaseUnavailableError(
      `The data folder ${dataDir} cannot be written to: correct the permissions of ${nearest}, or name another in DATA_DIR.`,
      { cause: error },
    );
  }
  const postgres = join(folder, 'postgres');
  if (!existsSync(postgres)) return `embedded: the first start makes it in ${dataDir}`;
  if (!existsSync(join(postgres, 'PG_VERSION'))) {
    throw new DatabaseUnavailableError(
      `The embedded database in ${postgres} is damaged: restore the folder from a copy, or move it away to begin anew.`,
    );
  }
  return `embedded, in ${dataDir}`;
}

const nearestThatExists = (path: string): string => (existsSync(path) ? path : nearestThatExists(dirname(path)));
