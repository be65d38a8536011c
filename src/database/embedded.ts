import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { endWithDatabase, explain } from './embedded-failure.ts';
import { DatabaseUnavailableError } from './errors.ts';
import { guardFolder } from './folder-guard.ts';
import { lockFolder } from './folder-lock.ts';
import { migrate } from './migrate.ts';
import { pgliteConnection } from './migration-connection.ts';

interface EmbeddedOptions {
  dataDir: string;
  image?: Blob | undefined;
  report?: ((sentence: string) => void) | undefined;
}

export async function openEmbedded({ dataDir, image, report }: EmbeddedOptions) {
  const { pglite, unlock } = dataDir.startsWith('memory://')
    ? { pglite: await start(dataDir, image), unlock: () => undefined }
    : await openFolder(dataDir, report);
  const close = () => pglite.close().finally(unlock);
  return { kind: 'embedded' as const, adapter: new PrismaPGlite(pglite), close };
}

async function openFolder(name: string, report: EmbeddedOptions['report']) {
  const dataDir = resolve(name);
  makeDataDir(dataDir);
  const folder = join(dataDir, 'postgres');
  const lock = await lockFolder(folder, report).catch((error: unknown) => Promise.reject(explain(error, folder)));
  const guard = guardFolder(lock);
  const unlock = () => {
    guard.stop();
    lock.release();
  };
  try {
    if (!existsSync(folder)) {
      report?.(`Making the embedded database in ${name}. This takes 10 to 30 seconds, and only the first time …`);
      await createIn(folder);
    }
    report?.(`Opening the embedded database in ${name} …`);
    const pglite = await start(folder);
    endWithDatabase(pglite, guard, unlock);
    return { pglite, unlock };
  } catch (error) {
    unlock();
    throw explain(error, folder);
  }
}

/**
 * Creates the database under another name and renames it when it is complete: an incomplete one could not be opened.
 */
async function createIn(folder: string): Promise<void> {
  const incomplete = `${folder}.incomplete`;
  rmSync(incomplete, { recursive: true, force: true });
  await start(incomplete).then((pglite) => pglite.close());
  renameSync(incomplete, folder);
}

async function start(dataDir: string, image?: Blob): Promise<PGlite> {
  const pglite = await PGlite.create(dataDir, { extensions: { pg_trgm }, ...(image && { loadDataDir: image }) });
  try {
    await migrate(pgliteConnection(pglite));
    return pglite;
  } catch (error) {
    await pglite.close();
    throw error;
  }
}

function makeDataDir(dataDir: string): void {
  try {
    makeFolders(dataDir);
  } catch (error) {
    throw new DatabaseUnavailableError(
      `The data folder ${dataDir} cannot be made: correct its permissions, or name another in DATA_DIR.`,
      { cause: error },
    );
  }
}

/**
 * Replaces the option `recursive` of Node.js, which loops for ever in a file system without folders, such as `/proc`.
 */
function makeFolders(path: string): void {
  if (existsSync(path) && statSync(path).isDirectory()) return;
  if (!existsSync(dirname(path))) makeFolders(dirname(path));
  mkdirSync(path);
}
