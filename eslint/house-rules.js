import { readdirSync } from 'node:fs';
import { importRule } from './import-rule.js';

/**
 * The slices in order. Each may import those before it. A folder with a `*.schema.ts` is a slice and must be listed
 * here.
 */
const slices = [
  'user',
  'session',
  'block',
  'chat',
  'account',
  'message',
  'mention',
  'reaction',
  'read-state',
  'preferences',
  'draft',
  'saved-message',
  'events',
  'ephemeral',
  'typing',
  'presence',
];
const root = new URL('../src/', import.meta.url);
for (const { name } of readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
  const isSlice = readdirSync(new URL(name, root)).some((file) => file.endsWith('.schema.ts'));
  if (isSlice && !slices.includes(name))
    throw new Error(`src/${name} is a slice: give it its place in eslint/house-rules.js.`);
}
const inSlice = `src\\/(${slices.join('|')})\\/`;
const sliceOf = (path) => slices.indexOf(/^src\/([\w-]+)\//.exec(path)?.[1]);

/**
 * The layers from top to bottom. A file belongs to the first one that fits, and imports from its own layer and from
 * those below.
 */
const layers = [
  /^src\/(main|parley)\.ts$/,
  /^src\/commands\//,
  /^src\/app(-options)?\.ts$/,
  /^src\/transport\//,
  /^src\/fanout\//,
  /^src\/schema\.ts$/,
  new RegExp(`^${inSlice}[\\w-]+\\.(schema|mutations|events)\\.ts$`),
  /^src\/graphql\//,
  /^src\/context\.ts$/,
  /^src\/services\.ts$/,
  /^src\/config\//,
  new RegExp(`^${inSlice}(?![\\w-]+\\.(loaders|rules|rights)\\.ts$)`),
  /^src\/loaders\.ts$/,
  new RegExp(`^${inSlice}`),
  /^src\/operations\//,
  /^src\/delivery\//,
  /^src\/log\//,
  /^src\/viewer-state\//,
  /^src\/pubsub\//,
  /^src\/database\//,
  /^src\//,
];
const layerOf = (path) => layers.findIndex((layer) => layer.test(path));

const isRule = (file) => /^src\/[\w-]+\/[\w-]+\.(rules|rights)\.ts$/.test(file);
const isGraphQL = (target) => /^(src\/graphql\/|graphql$|graphql\/|graphql-yoga|graphql-ws|@pothos\/)/.test(target);
const isBelowGraphQL = (file) => file.startsWith('src/') && layerOf(file) > layerOf('src/context.ts');

/**
 * Boundaries beside the layers come first, because their messages are more precise.
 * @type {import('./import-rule.js').Boundary[]}
 */
const boundaries = [
  {
    crossed: (file, target) => sliceOf(file) >= 0 && sliceOf(target) > sliceOf(file),
    message:
      'A slice may import only slices before it, in the order user ← session ← block ← chat ← account ← message ← mention ← reaction ← read-state ← preferences ← draft ← saved-message ← events ← ephemeral ← typing ← presence. A field lives in the slice that owns its result: `Chat.messages` is in message.schema.ts.',
  },
  {
    crossed: (file, target) => isBelowGraphQL(file) && isGraphQL(target),
    message:
      'Rules, services, loaders and events know no GraphQL. Throw a domain error of src/errors.ts, take plain ids, and leave arguments and types to the slice’s schema.',
  },
  {
    crossed: (file, target) =>
      isRule(file) && /^(node:|src\/(database|delivery|log|pubsub)\/|@prisma\/|dataloader$)/.test(target),
    typesMay: true,
    message: 'Rules are pure: they decide on what they are given. Read in the service, and pass the rows in.',
  },
  {
    crossed: (file, target) =>
      file.startsWith('src/') &&
      !/^src\/pubsub\/redis[\w-]*\.ts$/.test(file) &&
      ['ioredis', 'graphql-redis-subscriptions'].includes(target),
    message: 'Only src/pubsub/redis*.ts know Redis. Use the PubSub contract of src/pubsub/pubsub.ts.',
  },
  {
    crossed: (file, target) => file.startsWith('src/') && ['node:process', 'process'].includes(target),
    message: 'Only src/config/config.ts reads the environment. Add a variable there, and take its value as an option.',
  },
  {
    crossed: (file, target) => file.startsWith('src/') && /^(client|web|test|bench|prisma)\//.test(target),
    message: 'The server knows neither its clients nor its tests. Move what both need into src/.',
  },
  {
    crossed: (file, target) => file.startsWith('client/') && /^(src|web)\//.test(target),
    message: 'The client kit may know only the API: it is used without the server and without the web application.',
  },
  {
    crossed: (file, target) =>
      file.startsWith('web/') &&
      target.startsWith('src/') &&
      !['src/limits.ts', 'src/chat/chat.rights.ts'].includes(target),
    message:
      'The web application may import only src/limits.ts and src/chat/chat.rights.ts of the server. Use a typed document of web/gql.',
  },
  {
    crossed: (file, target) => file.startsWith('src/') && target.startsWith('src/') && layerOf(target) < layerOf(file),
    message:
      'Imports run one way: main → commands → app → transport → graphql → schema → service → rules, loaders, delivery, log, pubsub, database. Move what both need into the lower file, or let the upper file pass it in.',
  },
];

const sources = '{src,client,web,test,bench,prisma,codegen}/**/*.{ts,tsx}';
/** The tools that read these files require a default export. */
const toolFiles = [
  '**/*.config.ts',
  'test/support/global-setup.ts',
  'test/e2e/support/build.ts',
  'test/package/install.ts',
];

const namedExports = {
  selector: 'ExportDefaultDeclaration',
  message: 'Use a named export, so that a thing has the same name wherever it is used.',
};
const noReExports = {
  selector: ':matches(ExportAllDeclaration, ExportNamedDeclaration[source])',
  message: 'Import from the file that defines it. Only the entry points of client/ re-export.',
};
const noIndexFile = { selector: 'Program', message: 'Name the file after its content, and import from it directly.' };
const noDrawer = {
  selector: 'Program',
  message: 'Name the file after its content: a file of helpers collects unrelated things.',
};

/** The rules that this project adds to the common ones. */
export const houseRules = [
  {
    files: [sources],
    plugins: { house: { rules: { imports: importRule(boundaries) } } },
    rules: { 'house/imports': 'error', 'no-restricted-syntax': ['error', namedExports, noReExports] },
  },
  { files: ['client/*.ts'], rules: { 'no-restricted-syntax': ['error', namedExports] } },
  { files: toolFiles, rules: { 'no-restricted-syntax': ['error', noReExports] } },
  { files: ['**/index.{ts,tsx}'], rules: { 'no-restricted-syntax': ['error', noIndexFile] } },
  { files: ['**/*{util,helper,manager}*.{ts,tsx}'], rules: { 'no-restricted-syntax': ['error', noDrawer] } },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/config/config.ts', 'src/production.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message:
            'Only src/config/config.ts reads the environment. Add a variable there, and take its value as an option.',
        },
      ],
    },
  },
];
