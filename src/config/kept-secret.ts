import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from './config.ts';

/** The `JWT_SECRET` of an embedded server, made at its first start. Call it while this process has locked the folder. */
export function keptSecret(dataDir: string): string {
  if (dataDir.startsWith('memory://')) return newSecret();
  const path = join(dataDir, 'jwt-secret');
  if (!existsSync(path)) make(path);
  const secret = readFileSync(path, 'utf8').trim();
  if (Buffer.byteLength(secret) < 32) throw new ConfigError(`${path} is damaged: remove it, and a new one is made.`);
  return secret;
}

/** Writes the file under another name and renames it, so that an interrupted start leaves no incomplete secret. */
function make(path: string): void {
  writeFileSync(`${path}.incomplete`, `${newSecret()}\n`, { mode: 0o600 });
  renameSync(`${path}.incomplete`, path);
}

const newSecret = (): string => randomBytes(32).toString('base64url');
