/**
 * Run as a process: writes to the embedded database in the given folder until it is ended, and prints the number of
 * rows.
 */
import { randomBytes } from 'node:crypto';
import { writeSync } from 'node:fs';
import { openDatabase } from '../../src/database/open.ts';

const { db } = await openDatabase({ dataDir: process.argv[2] ?? '' });
for (let written = 1; ; written++) {
  const displayName = `x${randomBytes(30_000).toString('base64')}`;
  await db.user.create({ data: { username: `user_${written}`, displayName } });
  writeSync(1, `${written}\n`);
}
