import { Prisma } from '../database/generated/client.ts';
import type { Statement } from '../database/statement.ts';
import { groupBy } from '../group-by.ts';

/** Maximum number of rows in one page. */
export const VIEWER_PAGE = 200;

/** A row of viewer state that has changed, and its version. Its content is read when it is shown. */
export interface ViewerChange {
  kind: 'chat' | 'draft' | 'saved' | 'settings' | 'block';
  /** The id of a chat, a message, the user, or the blocked user. */
  id: string;
  version: number;
}

/** The changes of one user's viewer state after a version. */
export interface ViewerPage {
  /** The user's version. */
  newest: number;
  /** A client with a lower version than this may have missed that a row was removed. */
  floor: number;
  /** The time of the read, by the database's clock. */
  readAt: Date;
  /** The changes in the order of their versions; fewer than a page only if nothing follows. */
  changes: ViewerChange[];
}

interface Wanted {
  userId: string;
  after: number;
}

type Row = Wanted & Omit<ViewerPage, 'changes'> & (ViewerChange | { [K in keyof ViewerChange]: null });

export type ViewerChangesReader = ReturnType<typeof createViewerChangesReader>;

/** Reads changes of viewer state. It takes no locks. */
export function createViewerChangesReader(statement: Statement) {
  return {
    /**
     * Reads one page for each user and version, in one statement. A user who never changed anything is at version 0.
     */
    async after(wanted: readonly Wanted[]): Promise<ViewerPage[]> {
      // Devices of one user are mostly at the same version, so that equal reads are merged.
      const different = [...new Map(wanted.map((each) => [keyOf(each), each])).values()];
      const rows = await statement<Row>(Prisma.sql`
        SELECT w.user_id AS "userId", w.after, v.version AS newest, v.floor, x.kind, x.id, x.version,
               clock_timestamp()::timestamptz(3) AS "readAt"
        FROM unnest(${different.map(({ userId }) => userId)}::uuid[], ${different.map(({ after }) => after)}::int[]) AS w (user_id, after)
        JOIN viewer_version v ON v.user_id = w.user_id
        LEFT JOIN LATERAL (
          SELECT 'chat' AS kind, chat_id AS id, version FROM viewer_chat_state
          WHERE user_id = w.user_id AND version > w.after
          UNION ALL
          SELECT 'draft', chat_id, version FROM draft WHERE user_id = w.user_id AND version > w.after
          UNION ALL
          SELECT 'saved', message_id, version FROM saved_message WHERE user_id = w.user_id AND version > w.after
          UNION ALL
          SELECT 'settings', user_id, version FROM viewer_settings WHERE user_id = w.user_id AND version > w.after
          UNION ALL
          SELECT 'block', blocked_id, version FROM block WHERE user_id = w.user_id AND version > w.after
          ORDER BY version LIMIT ${VIEWER_PAGE}) AS x ON true
        ORDER BY x.version`);
      const pages = groupBy(rows, keyOf);
      return wanted.map((each) => {
        const own = pages.get(keyOf(each)) ?? [];
        const { newest, floor, readAt } = own[0] ?? { newest: 0, floor: 0, readAt: new Date() };
        return { newest, floor, readAt, changes: own.filter((row): row is Row & ViewerChange => row.version !== null) };
      });
    },

    /** Reads the users' versions. A user who never changed anything is absent. */
    async versions(userIds: readonly string[]): Promise<Map<string, number>> {
      const rows = await statement<{ userId: string; version: number }>(Prisma.sql`
        SELECT user_id AS "userId", version FROM viewer_version WHERE user_id = ANY(${userIds}::uuid[])`);
      return new Map(rows.map(({ userId, version }) => [userId, version]));
    },
  };
}

const keyOf = ({ userId, after }: Wanted): string => `${userId} ${after}`;
