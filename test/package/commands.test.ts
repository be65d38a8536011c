import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { WebSocket } from 'ws';
import { emptyFolder, parley, run, serve, signIn, type } from './installed.ts';

const root = resolve(import.meta.dirname, '../..');
const read = async (name: string) => readFile(join(root, name), 'utf8');

let home: Awaited<ReturnType<typeof emptyFolder>>;
let cwd: string;
beforeAll(async () => {
  home = await emptyFolder();
  cwd = home.folder;
});
afterAll(() => home.remove());

describe('the command line', () => {
  test('the package has no development packages', () => {
    for (const name of ['typescript', 'prisma', 'vite', 'vitest', 'tsx', 'react']) {
      expect(existsSync(join(inject('installed'), 'node_modules', name)), name).toBe(false);
    }
  });

  test('the package has every file that its exports name', async () => {
    const { exports } = JSON.parse(await read('package.json')) as { exports: Record<string, string> };
    for (const path of Object.values(exports)) {
      expect(existsSync(join(inject('installed'), 'node_modules/parley', path)), path).toBe(true);
    }
  });

  test('--help lists the commands of the README, and a command line without a command is an error', async () => {
    const help = await run(parley, ['--help'], { cwd });
    expect(help).toMatchObject({ code: 0, stderr: '' });
    const named = [...help.stdout.matchAll(/^ {2}(parley [a-z].*?) {2}/gm)].map(([, usage]) => usage);
    const [, commands = ''] = (await read('README.md')).split('\n## Commands\n');
    expect(named).toEqual([...commands.split('\n## ')[0]!.matchAll(/^\| `(.+?)`/gm)].map(([, usage]) => usage));

    for (const args of [[], ['constructor'], ['set-password'], ['check', '--loud']]) {
      expect(await run(parley, args, { cwd }), args.join(' ')).toMatchObject({ code: 2, stdout: '' });
    }
  });

  test('--version is the version of the package', async () => {
    const { version } = JSON.parse(await read('package.json')) as { version: string };
    expect(await run(parley, ['--version'], { cwd })).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });
});

describe('check', () => {
  test('reports no problem, and writes nothing', async () => {
    const { code, stdout } = await run(parley, ['check'], { cwd });
    expect(stdout).toContain('All is well.');
    expect(code).toBe(0);
    expect(await readdir(cwd)).toEqual([]);
  });

  test('reports an invalid variable, and a data folder that cannot be used', async () => {
    const wrong = await run(parley, ['check'], { cwd, settings: { PORT: 'http', LOG_LEVEL: 'loud' } });
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toMatch(/^PORT must be .*\nLOG_LEVEL must be /);

    const settings = { DATA_DIR: 'damaged' };
    await mkdir(join(cwd, 'damaged/postgres'), { recursive: true });
    const damaged = await run(parley, ['check'], { cwd, settings });
    expect(damaged.code).toBe(1);
    expect(damaged.stdout).toMatch(/^WRONG {2}Database .*is damaged/m);
  });
});

// The tests run in this order, on one embedded database.
describe('on the embedded database', () => {
  test('start prints what the first start does, and SIGTERM closes sockets with 1012 and ends it with 0', async () => {
    const server = await serve(parley, ['start'], { cwd });
    expect(server.printed[0]).toMatch(/^Making the embedded database in \.parley\./);
    expect(await (await fetch(server.url)).text()).toContain('<title>');

    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    await once(socket, 'open');
    const closed = once(socket, 'close');
    expect(await server.terminate()).toBe(0);
    expect((await closed)[0]).toBe(1012);
    await expect(fetch(server.url)).rejects.toThrow();
    expect((await readdir(join(cwd, '.parley'))).toSorted()).toEqual(['jwt-secret', 'postgres']);
  });

  test('migrate finds it up to date', async () => {
    const { code, stdout } = await run(parley, ['migrate'], { cwd });
    expect(stdout).toMatch(/^The database is up to date\. Its newest migration is \d+_\w+\.$/m);
    expect(code).toBe(0);
  });

  test('seed creates the demo once', async () => {
    expect((await run(parley, ['seed'], { cwd })).stdout).toContain('The demo is there.');
    const again = await run(parley, ['seed'], { cwd });
    expect(again.stdout).toContain('nothing was done');
    expect(again.code).toBe(0);
  });

  test('restored makes every chat begin anew', async () => {
    const { code, stdout } = await run(parley, ['restored'], { cwd });
    expect(stdout).toMatch(/^[1-9]\d* chats begin anew/m);
    expect(code).toBe(0);
  });

  test('set-password asks twice at a terminal and shows nothing of the password', async () => {
    const password = 'a new horse 1';
    const typed = await type(`'${parley}' set-password grace`, cwd, [
      ['New password: ', password],
      ['The same again: ', password],
    ]);
    expect(typed.stdout).toContain('The password of grace is set.');
    expect(typed.stdout).not.toContain('horse');
    expect(typed.code).toBe(0);

    const differ = await type(`'${parley}' set-password grace`, cwd, [
      ['New password: ', password],
      ['The same again: ', 'another'],
    ]);
    expect(differ.stdout).toContain('The two passwords differ. Nothing was changed.');
    expect(differ.code).toBe(1);
  });

  test('npm start passes SIGTERM on: its server ends with 0, and no process is left', async () => {
    const settings = { DATA_DIR: join(cwd, '.parley') };
    const server = await serve('npm', ['start'], { cwd: root, settings });
    expect(await signIn(server.url, 'grace', 'a new horse 1')).toHaveProperty('accessToken');
    expect(await server.terminate()).toBe(0);
    await expect(fetch(server.url)).rejects.toThrow();
    expect(await readdir(settings.DATA_DIR)).not.toContain('postgres.lock');
  });
});

test('npm ci without development packages builds nothing, says so, and does not fail', async () => {
  const clone = join(cwd, 'clone');
  await mkdir(join(clone, 'scripts'), { recursive: true });
  const { scripts, type, devDependencies } = JSON.parse(await read('package.json')) as Record<string, unknown>;
  await writeFile(join(clone, 'package.json'), JSON.stringify({ scripts, type, devDependencies }));
  await copyFile(join(root, 'scripts/prepare.js'), join(clone, 'scripts/prepare.js'));
  const { code, stderr } = await run('npm', ['run', 'prepare'], { cwd: clone });
  expect(stderr).toContain('Nothing was built, because the development packages are not installed.');
  expect(code).toBe(0);
});
