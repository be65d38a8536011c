import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { DatabaseUnavailableError } from './errors.ts';
import { lockFolder } from './folder-lock.ts';
import { migrate, pgliteConnection, readMigrations } from './migrate.ts';

interface EmbeddedOptions {
  dataDir: string;
  image?: Blob | undefined;
}

export async function openEmbedded({ dataDir, image }: EmbeddedOptions) {
  const { pglite, unlock } = dataDir.startsWith('memory://')
    ? { pglite: await start(dataDir, image), unlock: () => undefined }
    : await openFolder(resolve(dataDir));
  const close = () => pglite.close().finally(unlock);
  return { kind: 'embedded' as const, adapter: new PrismaPGlite(pglite), close };
}

async function openFolder(dataDir: string): Promise<{ pglite: PGlite; unlock: () => void }> {
  makeFolder(dataDir);
  const folder = join(dataDir, 'postgres');
  const unlock = lockFolder(folder);
  try {
    if (!existsSync(folder)) await createIn(folder);
    return { pglite: await start(folder), unlock };
  } catch (error) {
    unlock();
    if (error instanceof DatabaseUnavailableError) throw error;
    throw new DatabaseUnavailableError(
      `The embedded database in ${folder} cannot be opened: restore the folder from a copy, or move it away to begin anew.`,
      { cause: error },
    );
  }
}

/** A database that is not complete cannot be opened, so a first start that was cut short must not leave one behind. */
async function createIn(folder: string): Promise<void> {
  const incomplete = `${folder}.incomplete`;
  rmSync(incomplete, { recursive: true, force: true });
  await start(incomplete).then((pglite) => pglite.close());
  renameSync(incomplete, folder);
}

async function start(dataDir: string, image?: Blob): Promise<PGlite> {
  const pglite = await PGlite.create(dataDir, { extensions: { pg_trgm }, ...(image && { loadDataDir: image }) });
  try {
    await migrateEmbedded(pglite);
    return pglite;
  } catch (error) {
    await pglite.close();
    throw error;
  }
}

/** A transaction each: whatever a killed start or a failure would leave half done, nobody could repair in here. */
export async function migrateEmbedded(pglite: PGlite): Promise<void> {
  const migrations = readMigrations();
  for (const index of migrations.keys()) {
    await pglite.transaction((tx) => migrate(pgliteConnection(tx), migrations.slice(0, index + 1)));
  }
}

function makeFolder(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true });
  } catch (error) {
    throw new DatabaseUnavailableError(
      `The data folder ${dataDir} cannot be made: correct its permissions, or name another in DATA_DIR.`,
      { cause: error },
    );
  }
}
