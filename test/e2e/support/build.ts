import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** The servers under test serve the application as it is now, built as for its users. */
export default async function setup(): Promise<void> {
  const vite = 'node_modules/vite/bin/vite.js';
  const env = { ...process.env, NODE_ENV: 'production' };
  await promisify(execFile)(process.execPath, [vite, 'build', 'web'], { env });
}
