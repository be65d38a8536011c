import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSchema, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { installKit, snippetsOf, typeFaults, writeSnippets } from '../support/snippets.ts';

const root = resolve(import.meta.dirname, '../..');
/** The walkthrough of CONTRIBUTING.md shows parts of files, which do not compile by themselves. */
const leftOut = ['CONTRIBUTING.md'];
const folders = ['.', 'bench', 'client', 'docs', 'docs/decisions', 'web'];
const pages = (
  await Promise.all(
    folders.map(async (folder) => (await readdir(join(root, folder))).map((name) => join(folder, name))),
  )
)
  .flat()
  .filter((path) => path.endsWith('.md') && !leftOut.includes(path));
const snippets = (await Promise.all(pages.map((page) => snippetsOf(page)))).flat();

const packages = ['react', 'react-dom', '@types/react', '@types/react-dom', 'vite', '@vitejs/plugin-react', 'graphql'];
const clients = ['@apollo/client', 'rxjs', 'urql', '@urql/core', '@urql/exchange-graphcache', 'graphql-ws'];

test('the TypeScript of every page compiles, strictly and with exact optional properties', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-snippets-'));
  try {
    await installKit(folder, [...packages, ...clients]);
    let written = 0;
    for (const page of pages) {
      const ofPage = snippets.filter((snippet) => snippet.page === page);
      const versions = new Set(ofPage.map(({ file }) => file?.version).filter((version) => version !== undefined));
      for (const version of versions.size === 0 ? [undefined] : versions) {
        const place = join(folder, page.replaceAll('/', '-'), version ?? '');
        written += (await writeSnippets(ofPage, place, version)).length;
      }
    }
    expect(written).toBeGreaterThan(15);
    expect(await typeFaults(folder)).toBe('');
  } finally {
    await rm(folder, { recursive: true });
  }
}, 600_000);

test('the GraphQL of every page is valid by the schema', async () => {
  const schema = buildSchema(await readFile(join(root, 'schema.graphql'), 'utf8'));
  const documents = snippets.filter(({ language }) => language === 'graphql');
  expect(documents.length).toBeGreaterThan(0);
  for (const { page, line, source, given } of documents) {
    expect(validate(schema, parse(`${given}${source}`)), `${page}:${line}`).toEqual([]);
  }
});

test('no page has a snippet in a language that no test knows', () => {
  const known = ['', 'ts', 'tsx', 'graphql', 'sh', 'sql', 'json', 'mermaid'];
  for (const { page, line, language } of snippets) expect(known, `${page}:${line}`).toContain(language);
});
