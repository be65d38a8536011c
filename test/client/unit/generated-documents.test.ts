import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { preset } from '@graphql-codegen/client-preset';
import { codegen } from '@graphql-codegen/core';
import { buildSchema, introspectionFromSchema, parse } from 'graphql';
import ts from 'typescript';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');
let folder: string;
let schemaText: string;
let documents: string;

beforeAll(async () => {
  schemaText = await readFile(join(root, 'schema.graphql'), 'utf8');
  documents = await documentsOfReadme();
  // The folder is within the project, so that its packages are found.
  await mkdir(join(root, 'node_modules/.cache'), { recursive: true });
  folder = await mkdtemp(join(root, 'node_modules/.cache/documents-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The subscription of client/README.md, with the fragments that the page names as the minimum. */
async function documentsOfReadme(): Promise<string> {
  const readme = await readFile(join(root, 'client/README.md'), 'utf8');
  const subscription = /```graphql\n(subscription [\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const fields = (name: string) => new RegExp(`\`${name}Fields\`[^\`]*\`([^\`]+)\``).exec(readme)?.[1] ?? '';
  const types = { Message: 'Message', Chat: 'Chat', User: 'User', ViewerState: 'ViewerChatState' };
  const fragments = Object.entries(types).map(([of, type]) => `fragment ${of}Fields on ${type} { ${fields(of)} }`);
  const send =
    'mutation Send($input: SendMessageInput!) { sendMessage(input: $input) { __typename ...MessageFields ... on Error { code message } } }';
  return [subscription, ...fragments, send].join('\n');
}

const consumer = (adapter: string, imports: string, documents: string) => `
  import { createParley } from '${root}/client/${adapter}.ts';
  ${imports}
  declare const auth: { accessToken(): string | null; refresh(): Promise<string | null> };
  const parley = createParley({ url: '/graphql', auth, ${documents} });
  parley.events.onItem((item) => {
    if (item.__typename === 'ChatDeleted') console.log(item.chatId satisfies string);
  });
`;

const options: ts.CompilerOptions = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noEmit: true,
  skipLibCheck: true,
  allowImportingTsExtensions: true,
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2024.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  jsx: ts.JsxEmit.ReactJSX,
  types: [],
};
const host = ts.createCompilerHost(options);
/** Files that the programs share, mostly of libraries, are parsed once. */
const read = new Map<string, ts.SourceFile | undefined>();

function faultsOf(files: string[]): string[] {
  const getSourceFile: typeof host.getSourceFile = (name, ...rest) => {
    if (name.startsWith(folder)) return host.getSourceFile(name, ...rest);
    if (!read.has(name)) read.set(name, host.getSourceFile(name, ...rest));
    return read.get(name);
  };
  return ts
    .getPreEmitDiagnostics(ts.createProgram(files, options, { ...host, getSourceFile }))
    .map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
}

async function check(imports: string, parameters: string): Promise<string[]> {
  const files = await Promise.all(
    ['apollo', 'urql'].map(async (adapter) => {
      const file = join(folder, `${adapter}.ts`);
      await writeFile(file, consumer(adapter, imports, parameters));
      return file;
    }),
  );
  return faultsOf(files);
}

const parameters = 'events: EventsDocument, sendMessage: SendDocument';

test.each([
  ['its default settings', {}, {}],
  ['immutable types', {}, { immutableTypes: true }],
  ['fragments that are not masked', { fragmentMasking: false }, {}],
])('documents of GraphQL Code Generator with %s', { timeout: 60_000 }, async (name, presetConfig, config) => {
  const output = join(folder, name.replaceAll(' ', '-'));
  const files = await preset.buildGeneratesSection({
    baseOutputDir: `${output}/`,
    schema: parse(schemaText),
    schemaAst: buildSchema(schemaText),
    documents: [{ location: 'documents.graphql', rawSDL: documents, document: parse(documents) }],
    presetConfig,
    config,
    plugins: [],
    pluginMap: {},
  });
  for (const file of files) {
    await mkdir(dirname(file.filename), { recursive: true });
    await writeFile(file.filename, await codegen(file));
  }
  expect(await check(`import { EventsDocument, SendDocument } from '${output}/graphql.ts';`, parameters)).toEqual([]);
});

test('documents of gql.tada with its default settings', { timeout: 60_000 }, async () => {
  const introspection = introspectionFromSchema(buildSchema(schemaText), { descriptions: false });
  const source = `export const introspection = ${JSON.stringify(introspection)} as const;`;
  await writeFile(join(folder, 'introspection.ts'), source);
  const [subscription = '', ...rest] = documents.split(/(?=^fragment |^mutation )/m);
  const text = (part: string | undefined) => JSON.stringify(part).replaceAll('`', '');
  const [message, chat, user, viewerState, send] = rest;
  const tada = `
    import { initGraphQLTada } from 'gql.tada';
    import type { introspection } from './introspection.ts';
    const graphql = initGraphQLTada<{ introspection: typeof introspection }>();
    const message = graphql(${text(message)});
    const chat = graphql(${text(chat)});
    const user = graphql(${text(user)});
    const viewerState = graphql(${text(viewerState)});
    export const EventsDocument = graphql(${text(subscription)}, [message, chat, user, viewerState]);
    export const SendDocument = graphql(${text(send)}, [message]);
  `;
  await writeFile(join(folder, 'tada.ts'), tada);
  expect(await check(`import { EventsDocument, SendDocument } from './tada.ts';`, parameters)).toEqual([]);
});
