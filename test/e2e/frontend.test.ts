import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { createServer, type ViteDevServer } from 'vite';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from './support/browser.ts';
import { ask, createGroup, send, signUp, type Person } from './support/people.ts';
import { startServer, type Server } from './support/server.ts';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');

let server: Server;
let browser: Browser;
let workshop: string;
let archive: string;
let frontend: ViteDevServer | undefined;

beforeAll(async () => {
  workshop = await mkdtemp(join(tmpdir(), 'parley-frontend-'));
  [server, browser] = await Promise.all([startServer(), openBrowser(), packKit()]);
});

afterEach(() => frontend?.close());

afterAll(async () => {
  await browser?.close();
  await server?.remove();
  await rm(workshop, { recursive: true });
});

/** The kit as an app installs it: what `npm pack` packs. */
async function packKit(): Promise<void> {
  await run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'client'], { cwd: root });
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', workshop], { cwd: root });
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  archive = join(workshop, `parley-${version}.tgz`);
}

/** The files of docs/frontend.md: those of both versions, and those of one. */
async function writeApp(version: string, folder: string): Promise<void> {
  const page = await readFile(join(root, 'docs/frontend.md'), 'utf8');
  const blocks = page.matchAll(/```tsx?\n\/\/ (\S+?)(?: \((.+?)\))?\n(.+?)```/gs);
  for (const [, name = '', only, source = ''] of blocks) {
    if (only !== undefined && only !== version) continue;
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), source.replace('http://127.0.0.1:4000', server.url));
  }
  // What `npm create vite` and `npm install` bring.
  await writeFile(
    join(folder, 'index.html'),
    '<div id="root"></div><script type="module" src="/src/main.tsx"></script>',
  );
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        ...{ target: 'es2023', lib: ['es2023', 'dom', 'dom.iterable'], module: 'esnext', moduleResolution: 'bundler' },
        ...{ jsx: 'react-jsx', strict: true, noEmit: true, skipLibCheck: false, types: [] },
      },
      include: ['src'],
    }),
  );
  for (const name of ['@types', 'parley']) await mkdir(join(folder, 'node_modules', name), { recursive: true });
  await run('tar', ['-xzf', archive, '--strip-components=1', '-C', join(folder, 'node_modules/parley')]);
  const packages = ['react', 'react-dom', 'vite', '@vitejs', '@types/react', '@types/react-dom', 'graphql'];
  const clients = version === 'urql' ? ['urql', '@urql', 'wonka', '@0no-co'] : ['@apollo', 'rxjs'];
  for (const name of [...packages, ...clients]) {
    await symlink(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  }
}

async function typeCheck(folder: string): Promise<void> {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const faults = await run(process.execPath, [tsc, '-p', folder]).then(
    () => '',
    (error: { stdout: string }) => error.stdout,
  );
  expect(faults).toBe('');
}

describe.each(['Apollo Client', 'urql'])('the ten-minute app with %s', (version) => {
  test('type-checks, is live, survives a killed server, and hears who deleted the chat', async () => {
    const folder = join(workshop, version.split(' ')[0] ?? '');
    await writeApp(version, folder);
    await typeCheck(folder);

    frontend = await createServer({
      root: folder,
      configFile: join(folder, 'vite.config.ts'),
      logLevel: 'silent', // it tells of the server's death
      server: { host: '127.0.0.1', port: 0 },
    });
    await frontend.listen();
    const url = frontend.resolvedUrls?.local[0] ?? '';

    const [ada, grace] = await Promise.all([signUp(server.url, 'Ada'), signUp(server.url, 'Grace')]);
    const chat = await createGroup(server.url, ada, 'Engine', [grace]);
    const [a, b] = await Promise.all([open(url, ada), open(url, grace)]);

    await a.getByPlaceholder('Message').fill('hello');
    await a.getByRole('button', { name: 'Send' }).dblclick();
    for (const page of [a, b]) await shows(page, ['hello']);

    await server.kill();
    await b.locator('output', { hasText: /offline|connecting/ }).waitFor();
    await server.start();
    await send(server.url, ada, chat, 'back again');
    for (const page of [a, b]) await shows(page, ['hello', 'back again']);

    await ask(
      server.url,
      ada.token,
      'mutation ($input: DeleteChatInput!) { deleteChat(input: $input) { __typename } }',
      {
        input: { chatId: chat },
      },
    );
    await b.getByRole('status').getByText('Ada deleted a chat').waitFor();
    await b.getByText('This chat is gone.').waitFor();
    expect(await b.getByRole('navigation').getByRole('button').count()).toBe(0);
  }, 180_000);
});

async function open(url: string, { username, password }: Person): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(url);
  await page.getByPlaceholder('Username').fill(username);
  await page.getByPlaceholder('Password').fill(password);
  await page.getByRole('button', { name: 'Enter' }).click();
  await page.getByRole('button', { name: 'Engine' }).click();
  await page.locator('output', { hasText: 'live' }).waitFor();
  return page;
}

async function shows(page: Page, contents: string[]): Promise<void> {
  await page
    .getByRole('listitem')
    .nth(contents.length - 1)
    .waitFor();
  await expect
    .poll(() => page.getByRole('listitem').allTextContents(), { timeout: 20_000 })
    .toEqual(contents.map((content) => expect.stringContaining(content) as string));
}
