import { readFileSync } from 'node:fs';

/** Number of open files that are reserved for connections to PostgreSQL and Redis, logs and the program itself. */
const RESERVE = 200;

/** The number of client connections that the limit of open files allows; undefined if the limit is not known. */
export function openFilesLeft(): number | undefined {
  const [, limit] = /^Max open files\s+(\d+)/m.exec(read('/proc/self/limits')) ?? [];
  // At least half of the open files are for clients.
  return limit === undefined ? undefined : Math.max(Number(limit) - RESERVE, Math.floor(Number(limit) / 2));
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
