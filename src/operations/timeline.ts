import type { Logger } from 'pino';
import { isDatabaseAway } from '../database/errors.ts';
import { Prisma } from '../database/generated/client.ts';
import type { Database } from '../database/open.ts';
import type { Hub } from '../delivery/hub.ts';
import { failedOver } from './restored.ts';

interface Options {
  database: Database;
  hub: Hub;
  logger: Logger;
  /** Milliseconds between two checks. */
  everyMs: number;
}

/**
 * Follows the timeline of PostgreSQL, which changes when a standby is promoted or a backup is recovered. The last
 * changes may then be lost, and other events may get the same positions. So every chat begins anew.
 */
export async function followTimeline({ database, hub, logger, everyMs }: Options) {
  const { db, reserve, kind } = database;
  let known: number | null = null;
  let stopped = kind === 'embedded';
  let timer: NodeJS.Timeout | undefined;
  let looking = Promise.resolve();

  async function look(): Promise<void> {
    const [{ stored, current } = { stored: null, current: null }] = await reserve<Timelines>(READ);
    if (known !== null && stored !== known) hub.forgetEndings();
    known = stored;
    if (current === null || current === stored) return;
    if (stored === null) {
      await db.deployment.updateMany({ where: { timeline: null }, data: { timeline: current } });
    } else if (await failedOver(db, current)) {
      logger.warn(
        { before: stored, now: current },
        'the database was failed over or recovered: every chat begins anew',
      );
    }
  }

  const tryToLook = () =>
    look().catch((error: unknown) => {
      if (isDatabaseAway(error)) return;
      stopped = true;
      logger.warn({ err: error }, 'PostgreSQL does not reveal its timeline: after a failover run `parley restored`');
    });

  function schedule(): void {
    if (stopped) return;
    timer = setTimeout(() => void (looking = tryToLook().then(schedule)), everyMs);
  }

  if (!stopped) await tryToLook();
  schedule();

  return {
    async stop(): Promise<void> {
      stopped = true;
      clearTimeout(timer);
      await looking;
    },
  };
}

interface Timelines {
  stored: number | null;
  /** Null on a server that is not a primary. */
  current: number | null;
}

/** The name of the WAL file that is written to begins with the timeline, in eight hexadecimal digits. */
const READ = Prisma.sql`
  SELECT timeline AS stored, CASE WHEN NOT pg_is_in_recovery()
    THEN ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int END AS current
  FROM deployment`;
