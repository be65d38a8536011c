import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Prints the address as Parley does, because the bench waits for it. Ends on SIGTERM, so that a profile is written. */
export function listen(server: Server): void {
  server.listen(0, '127.0.0.1', () => {
    console.log(`Listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  process.on('SIGTERM', () => process.exit(0));
}

/** Reads a variable that the bench sets for every server. */
export function environment(name: 'DATABASE_URL' | 'REDIS_URL' | 'REDIS_PREFIX'): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set.`);
  return value;
}
