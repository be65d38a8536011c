/** A process of its own: opens the embedded database in the folder named, adds a user, and holds it until it is killed. */
import { openDatabase } from '../../src/database/open.ts';

const { db } = await openDatabase({ dataDir: process.argv[2] ?? '' });
await db.user.create({ data: { username: 'ada', displayName: 'Ada' } });
console.log('open');
setInterval(() => undefined, 60_000);
