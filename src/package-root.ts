import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of package.json, from which the migrations and the built application are found. */
export const packageRoot = above(import.meta.dirname);

function above(directory: string): string {
  if (existsSync(join(directory, 'package.json'))) return directory;
  const parent = dirname(directory);
  if (parent === directory) throw new Error('There is no package.json above the server’s files.');
  return above(parent);
}
