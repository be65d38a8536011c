/**
 * Run as a process: opens the embedded database in the given folder, adds a user, and keeps it open until it is killed.
 */
import { openDatabase } from '../../src/database/open.ts';

const { db } = await openDatabase({ dataDir: process.argv[2] ?? '' });
await db.user.create({ data: { username: 'ada', displayName: 'Ada' } });
console.log('open');
setInterval(() => undefined, 60_000);
