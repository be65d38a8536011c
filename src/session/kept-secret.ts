import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../config.ts';

/** The embedded server's own `JWT_SECRET`, made at its first start. Its database is open: nobody else is in the folder. */
export function keptSecret(dataDir: string): string {
  if (dataDir.startsWith('memory://')) return newSecret();
  const path = join(dataDir, 'jwt-secret');
  if (!existsSync(path)) make(path);
  const secret = readFileSync(path, 'utf8').trim();
  if (Buffer.byteLength(secret) < 32) throw new ConfigError(`${path} is damaged: remove it, and a new one is made.`);
  return secret;
}

/** Whole or not at all, should the start be cut short. */
function make(path: string): void {
  writeFileSync(`${path}.incomplete`, `${newSecret()}\n`, { mode: 0o600 });
  renameSync(`${path}.incomplete`, path);
}

const newSecret = (): string => randomBytes(32).toString('base64url');
