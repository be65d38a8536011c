/** A process of its own: holds the folder named as a server does, and with a second argument is hung by its database. */
import { guardFolder } from '../../src/database/folder-guard.ts';
import { lockFolder } from '../../src/database/folder-lock.ts';

const [folder = '', hang] = process.argv.slice(2);
const guard = guardFolder(await lockFolder(folder), 2_000);
process.stdout.write('open\n');
setInterval(() => undefined, 60_000);
if (hang) {
  guard.watch(() => {
    for (;;);
  });
}
