import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { importCircles } from '../support/import-circles.ts';

async function folderWith(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-circles-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, source] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), source);
  }
  return folder;
}

test('no file of src, client and web imports itself by way of others, not even for a type', () => {
  expect(importCircles(resolve(import.meta.dirname, '../..'), ['src', 'client', 'web'])).toEqual([]);
});

test.each([
  ['a type', "import type { B } from '../b.ts';"],
  ['an inline type', "import { type B } from '../b.ts';"],
  ['a type in an expression', "export type A = import('../b.ts').B;"],
  ['a value, dynamically', "export const b = () => import('../b.ts');"],
  ['a re-export', "export { b } from '../b.ts';"],
])('a circle is found that imports %s', async (_, source) => {
  const root = await folderWith({
    'src/part/a.ts': source,
    'src/b.ts': "import './c.ts';",
    'src/c.ts': "import './part/a.ts';",
  });
  expect(importCircles(root, ['src'])).toEqual([expect.stringContaining('src/part/a.ts')]);
});

test('two paths to the same file are not a circle', async () => {
  const root = await folderWith({
    'src/a.ts': "import './b.ts'; import './c.ts';",
    'src/b.ts': "import './c.ts';",
    'src/c.ts': "import { join } from 'node:path';",
  });
  expect(importCircles(root, ['src'])).toEqual([]);
});
