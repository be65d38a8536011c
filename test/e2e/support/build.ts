import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Builds the present application as its users get it. The servers under test serve it. */
export default async function setup(): Promise<void> {
  const vite = 'node_modules/vite/bin/vite.js';
  const env = { ...process.env, NODE_ENV: 'production' };
  await promisify(execFile)(process.execPath, [vite, 'build', 'web'], { env });
}
