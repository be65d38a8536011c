import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, inject, onTestFinished, test, vi } from 'vitest';

// Each test starts a process.
vi.setConfig({ testTimeout: 60_000 });

test.each([
  ['203.0.113.7', 'EADDRNOTAVAIL'],
  ['parley.invalid', '(ENOTFOUND|EAI_AGAIN)'],
])('HOST=%s, an address that cannot be used, is reported in one sentence', async (host, code) => {
  const database = inject('database');
  if (!('url' in database)) throw new Error('This needs the project postgres.');
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts'], {
    env: {
      ...process.env,
      DATABASE_URL: database.url,
      JWT_SECRET: randomBytes(32).toString('hex'),
      PORT: '0',
      HOST: host,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [said, [exitCode]] = await Promise.all([text(child.stderr), once(child, 'exit')]);

  expect(said).toMatch(new RegExp(`^HOST ${host} is no address of this machine \\(${code}\\): correct it, .*\\.\\n$`));
  expect(exitCode).toBe(1);
});
