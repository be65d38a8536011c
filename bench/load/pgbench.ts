import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sqlId } from '../database.ts';
import { sendStatement } from '../servers/statements.ts';
import { LOAD_CORE, pinned } from '../server-process.ts';

const run = promisify(execFile);

/**
 * Measures transactions a second of the bare handler's statement without a server. They are the upper limit of sending.
 */
export async function pgbench(
  databaseUrl: string,
  { clients, seconds, firstChat, chats }: { clients: number; seconds: number; firstChat: number; chats: number },
): Promise<number> {
  const values = [
    'gen_random_uuid()',
    sqlId('chat', ':chat'),
    sqlId('user', '0'),
    "'Shall we meet at half past seven?'",
  ];
  const statement = sendStatement.replaceAll(/\$(\d)/g, (_, n) => values[Number(n) - 1]!).replaceAll('\n', ' ');
  const folder = await mkdtemp(join(tmpdir(), 'parley-pgbench-'));
  const script = join(folder, 'send.sql');
  await writeFile(script, `\\set chat random(${firstChat}, ${firstChat + chats - 1})\n${statement};\n`);
  const options = ['-n', '-M', 'prepared', '-c', String(clients), '-T', String(seconds), '-f', script, databaseUrl];
  const { stdout } = await run(...pinned(LOAD_CORE, ['pgbench', ...options]));
  await rm(folder, { recursive: true });
  const tps = /^tps = ([\d.]+)/m.exec(stdout)?.[1];
  if (tps === undefined) throw new Error(`pgbench said: ${stdout}`);
  return Number(tps);
}
