import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { variables } from '../../src/config.ts';

const read = (name: string) => readFile(new URL(`../../${name}`, import.meta.url), 'utf8');

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

test('CONTRIBUTING.md has a reason for each dependency, and for no other', async () => {
  const { dependencies, devDependencies } = JSON.parse(await read('package.json')) as Record<string, object>;
  const reasons = await rows('CONTRIBUTING.md', 'Dependencies');
  expect(reasons.map(([name]) => name).toSorted()).toEqual(
    Object.keys({ ...dependencies, ...devDependencies })
      .map((name) => `\`${name}\``)
      .toSorted(),
  );
  for (const [name, why] of reasons) expect(why, name).not.toBe('');
});

test('each test that docs/guarantees.md names is there', async () => {
  const named = [...(await read('docs/guarantees.md')).matchAll(/\| `([^`]+)` in `([^`]+)` +\|$/gm)];
  expect(named.length).toBeGreaterThan(20);
  for (const [, title, file] of named) expect(await read(file!), file).toContain(`'${title}'`);
});
