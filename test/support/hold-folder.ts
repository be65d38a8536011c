/** Run as a process: holds the given folder as a server does. With a second argument its database blocks the thread. */
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
