import type { Transaction } from '../database/clock.ts';
import { Prisma } from '../database/generated/client.ts';

/**
 * Waits for the locks of the users' versions. Whatever a change is decided on is read after this, in a statement of its
 * own: within one statement, everything outside a locked row is read as it was before the wait. Users are locked in the
 * order of their ids, so that two batches do not deadlock. Answers each user's version; a user who does not exist has
 * none.
 */
export async function lockViewers(tx: Transaction, userIds: readonly string[]): Promise<Map<string, number>> {
  const rows = await tx.$queryRaw<{ userId: string; version: number }[]>`
    INSERT INTO viewer_version (user_id, version)
    SELECT id, 0 FROM "user" WHERE id = ANY(${userIds}::uuid[]) ORDER BY id
    ON CONFLICT (user_id) DO UPDATE SET version = viewer_version.version
    RETURNING user_id AS "userId", version`;
  return new Map(rows.map(({ userId, version }) => [userId, version]));
}

/**
 * One change of what belongs to one user alone, whose version it has locked. It lives as long as its database
 * transaction. It collects what is to be written, and writes all of it in one statement.
 */
export class ViewerTransaction {
  readonly tx: Transaction;
  readonly userId: string;
  readonly #writes: Prisma.Sql[] = [];
  readonly #before: number;
  #version: number;

  constructor(tx: Transaction, userId: string, version: number) {
    this.tx = tx;
    this.userId = userId;
    this.#before = version;
    this.#version = version;
  }

  /** The user's newest version, as this change leaves it. */
  get version(): number {
    return this.#version;
  }

  /** Takes the next version, for one row that changes: no two rows of a user have the same. */
  readonly nextVersion = (): number => ++this.#version;

  /** Adds an INSERT or UPDATE. All of them run as one statement after the work is done: no row may be written twice. */
  readonly write = (sql: Prisma.Sql): void => void this.#writes.push(sql);

  /** Writes what was collected, with the version. Answers whether anything has changed. */
  async append(): Promise<boolean> {
    if (this.#version === this.#before) return false;
    const version = Prisma.sql`
      UPDATE viewer_version SET version = ${this.#version}::int WHERE user_id = ${this.userId}::uuid`;
    const ctes = [version, ...this.#writes].map((sql, i) => Prisma.sql`${Prisma.raw(`write_${i}`)} AS (${sql})`);
    await this.tx.$executeRaw`WITH ${Prisma.join(ctes)} SELECT`;
    return true;
  }
}
