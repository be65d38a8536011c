import { execFile } from 'node:child_process';
import { access, readFile } from 'node:fs/promises';
import { posix } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { variables } from '../../src/config/config.ts';

const read = (name: string) => readFile(new URL(`../../${name}`, import.meta.url), 'utf8');

/** Every page that is committed, or that is new and not ignored. */
async function pages(): Promise<string[]> {
  const list = ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'];
  const { stdout } = await promisify(execFile)('git', list, { cwd: new URL('../..', import.meta.url) });
  return stdout.split('\n').filter(Boolean);
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(text: string): string[] {
  const headings = [...text.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/^#+ (.+)$/gm)].map(
    ([, heading]) => heading!,
  );
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** The rows of a section's tables that begin with a name in code. */
async function rows(name: string, section: string): Promise<string[][]> {
  const [text = ''] = (await read(name)).split(`\n## ${section}\n`).slice(1);
  const lines = text.split('\n## ')[0]!.split('\n');
  return lines
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

test('the README has a row for each variable, with its default and its meaning', async () => {
  const expected = variables.map((variable) => [
    `\`${variable.name}\``,
    variable.default ? `\`${variable.default}\`` : '',
    variable.meaning,
  ]);
  expect(await rows('README.md', 'Configuration')).toEqual(expected);
});

interface Manifest {
  version: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

/** The manifests of the server's package and of its workspaces. */
const manifests = async () =>
  Promise.all(['', 'client/', 'web/'].map(async (of) => JSON.parse(await read(`${of}package.json`)) as Manifest));
const dependenciesOf = ({ dependencies, devDependencies }: Manifest) => ({ ...dependencies, ...devDependencies });

test('a dependency has one version in all packages of the repository', async () => {
  const versions = new Map<string, string>();
  for (const manifest of await manifests()) {
    for (const [name, version] of Object.entries(dependenciesOf(manifest))) {
      expect(version, name).toBe(versions.get(name) ?? version);
      versions.set(name, version);
    }
  }
  const [, { version: kit }] = (await manifests()) as [Manifest, Manifest];
  expect(versions.get('@parley/client')).toBe(kit);
});

test('CONTRIBUTING.md has a reason for each dependency, and for no other', async () => {
  const used = new Set((await manifests()).flatMap((manifest) => Object.keys(dependenciesOf(manifest))));
  used.delete('@parley/client');
  const reasons = await rows('CONTRIBUTING.md', 'Dependencies');
  expect(reasons.map(([name]) => name).toSorted()).toEqual([...used].map((name) => `\`${name}\``).toSorted());
  for (const [name, why] of reasons) expect(why, name).not.toBe('');
});

/** The titles of a file's tests that run by default: neither they nor a surrounding block is skipped or a todo. */
function titlesThatRun(file: string, source: string): string[] {
  const titles: string[] = [];
  function visit(node: ts.Node): void {
    if (ts.isCallExpression(node)) {
      const callee = node.expression.getText();
      if (/\.(skip|todo|fails)\b/.test(callee)) return;
      const [title] = node.arguments;
      if (/^test\b/.test(callee) && title && ts.isStringLiteralLike(title)) titles.push(title.text);
    }
    ts.forEachChild(node, visit);
  }
  visit(ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true));
  return titles;
}

test('each guarantee has a number of its own, and a test that is not skipped', async () => {
  const [promised = ''] = (await read('docs/guarantees.md')).split('## What is not promised');
  const item = /^- \*\*G(\d+)\*\* (?:.+\n)+? {2}Test: `([^`]+)` in \[([^\]]+)\]/gm;
  const promises = [...promised.matchAll(item)];
  expect(promises.length).toBeGreaterThan(100);
  expect(promised.match(/^[-|] /gm), 'each row is a promise').toHaveLength(promises.length);
  const numbers = promises.map(([, number]) => Number(number));
  expect(numbers.toSorted((a, b) => a - b)).toEqual(numbers.map((_, index) => index + 1));
  for (const [, number, title, file] of promises) {
    expect(titlesThatRun(file!, await read(file!)), `G${number}`).toContain(title);
  }
});

test('every link within the project leads to a file, and to a heading of it', async () => {
  const broken: string[] = [];
  let seen = 0;
  for (const page of await pages()) {
    const text = await read(page);
    for (const [, link] of text.matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)) {
      seen += 1;
      const [path = '', anchor] = link!.split('#');
      const target = path === '' ? page : posix.join(posix.dirname(page), path);
      const exists = await access(new URL(`../../${target}`, import.meta.url)).then(
        () => true,
        () => false,
      );
      const leads = exists && (anchor === undefined || anchorsOf(await read(target)).includes(anchor));
      if (!leads) broken.push(`${page}: ${link}`);
    }
  }
  expect(seen).toBeGreaterThan(30);
  expect(broken).toEqual([]);
});

test('a page names no file of the project that does not exist', async () => {
  const added = await read('docs/adding-a-feature.patch');
  const missing: string[] = [];
  let seen = 0;
  // The other pages name files of the reader's own application, or of earlier versions.
  for (const page of (await pages()).filter(
    (name) => !/^docs\/(frontend|coming-from)|CHANGELOG|^client\//.test(name),
  )) {
    for (const [, path] of (await read(page)).matchAll(/`((?:src|test|client|web|bench|scripts)\/[\w./-]+\.\w+)`/g)) {
      seen += 1;
      const exists = await access(new URL(`../../${path}`, import.meta.url)).then(
        () => true,
        () => false,
      );
      if (!exists && !added.includes(`+++ b/${path}`)) missing.push(`${page}: ${path}`);
    }
  }
  expect(seen).toBeGreaterThan(30);
  expect(missing).toEqual([]);
});

test('CONTRIBUTING.md has a reason for each override of a version', async () => {
  const { overrides } = JSON.parse(await read('package.json')) as { overrides: object };
  const reasons = await rows('CONTRIBUTING.md', 'Overrides');
  expect(reasons.map(([name]) => name)).toEqual(Object.keys(overrides).map((name) => `\`${name}\``));
  for (const [name, why] of reasons) expect(why, name).not.toBe('');
});

test('the example of CONTRIBUTING.md shows lines of its patch, and the patch applies', async () => {
  const patch = await read('docs/adding-a-feature.patch');
  const withoutSpace = (line: string) => line.replaceAll(/\s+/g, ' ').trim();
  const added = new Set([...patch.matchAll(/^\+(?!\+\+)(.*)$/gm)].map(([, line]) => withoutSpace(line!)));
  const [, section = ''] = /## Adding a feature.*\n([\s\S]*?)\n## /.exec(await read('CONTRIBUTING.md'))!;
  const blocks = [...section.matchAll(/^```\w+\n([\s\S]*?)^```$/gm)].map(([, block]) => block!);
  expect(blocks.length).toBeGreaterThan(4);
  const lines = blocks.flatMap((block) => block.split('\n').map(withoutSpace)).filter(Boolean);
  expect(lines.filter((line) => !added.has(line))).toEqual([]);

  const check = ['apply', '--check', 'docs/adding-a-feature.patch'];
  await promisify(execFile)('git', check, { cwd: new URL('../..', import.meta.url) });
  const touched = [...patch.matchAll(/^\+\+\+ b\/(.*)$/gm)].map(([, file]) => file!);
  const listed = (await rows('CONTRIBUTING.md', 'Adding a feature: the topic of a chat')).map(([name]) => name!);
  const folders = listed.map((name) => name.replaceAll('`', ''));
  expect(touched.filter((file) => !folders.some((folder) => file.startsWith(folder)))).toEqual([]);
});
