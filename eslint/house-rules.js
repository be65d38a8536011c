import { importRule } from './import-rule.js';

/** From top to bottom, the first that fits: a file imports from its own layer and from those below it. */
const layers = [
  /^src\/main\.ts$/,
  /^src\/app\.ts$/,
  /^src\/transport\//,
  /^src\/fanout\//,
  /^src\/graphql\/(schema|print)\.ts$/,
  /^src\/\w+\/\w+\.(schema|mutations|events)\.ts$/,
  /^src\/graphql\//,
  /^src\/context\.ts$/,
  /^src\/(config|session\/kept-secret)\.ts$/,
  /^src\/(user|session|chat|message|reaction|stream)\/(?!\w+\.(loaders|rules)\.ts$)/,
  /^src\/loaders\.ts$/,
  /^src\/\w+\/\w+\.(loaders|rules)\.ts$/,
  /^src\/events\//,
  /^src\/database\//,
  /^src\//,
];
const layerOf = (path) => layers.findIndex((layer) => layer.test(path));

/** Each slice may know those before it. */
const slices = ['user', 'session', 'chat', 'message', 'reaction', 'stream'];
const sliceOf = (path) => slices.indexOf(/^src\/(\w+)\//.exec(path)?.[1]);

const isRule = (file) => /^src\/\w+\/\w+\.rules\.ts$/.test(file);
const isGraphQL = (target) => /^(src\/graphql\/|graphql$|graphql\/|graphql-yoga|graphql-ws|@pothos\/)/.test(target);
const isBelowGraphQL = (file) => file.startsWith('src/') && layerOf(file) > layerOf('src/context.ts');

/**
 * The particular ones first.
 * @type {import('./import-rule.js').Boundary[]}
 */
const boundaries = [
  {
    crossed: (file, target) => sliceOf(file) >= 0 && sliceOf(target) > sliceOf(file),
    message:
      'Slices build on each other in the order user ← session ← chat ← message ← reaction ← stream, never back. A field lives in the slice that owns its result: `Chat.messages` is in message.schema.ts.',
  },
  {
    crossed: (file, target) => isBelowGraphQL(file) && isGraphQL(target),
    message:
      'Rules, services, loaders and events know no GraphQL. Throw a domain error of src/errors.ts, take plain ids, and leave arguments and types to the slice’s schema.',
  },
  {
    crossed: (file, target) => isRule(file) && /^(node:|src\/(database|events)\/|@prisma\/|dataloader$)/.test(target),
    typesMay: true,
    message: 'Rules are pure: they decide on what they are given. Read in the service, and pass the rows in.',
  },
  {
    crossed: (file, target) =>
      file.startsWith('src/') &&
      file !== 'src/events/redis.ts' &&
      ['ioredis', 'graphql-redis-subscriptions'].includes(target),
    message: 'Only src/events/redis.ts knows Redis. Use the PubSub contract of src/events/pubsub.ts.',
  },
  {
    crossed: (file, target) => file.startsWith('src/') && ['node:process', 'process'].includes(target),
    message: 'Only src/config.ts reads the environment. Add a variable there, and take its value as an option.',
  },
  {
    crossed: (file, target) => file.startsWith('src/') && /^(client|web|test|bench|prisma)\//.test(target),
    message: 'The server knows neither its clients nor its tests. Move what both need into src/.',
  },
  {
    crossed: (file, target) => file.startsWith('client/') && /^(src|web)\//.test(target),
    message: 'The client kit knows the API alone: it is used without the server and without the web application.',
  },
  {
    crossed: (file, target) => file.startsWith('web/') && target.startsWith('src/') && target !== 'src/limits.ts',
    message: 'Of the server the web application knows src/limits.ts alone. Use a typed document of web/gql.',
  },
  {
    crossed: (file, target) => file.startsWith('src/') && target.startsWith('src/') && layerOf(target) < layerOf(file),
    message:
      'Imports run one way: main → app → transport → graphql → schema → service → rules, loaders, events, database. Move what both need down, or let the upper one pass it in.',
  },
];

const sources = '{src,client,web,test,bench,prisma}/**/*.{ts,tsx}';
/** Who reads these files asks for a default export. */
const toolFiles = ['**/*.config.ts', 'test/support/global-setup.ts', 'test/e2e/support/build.ts'];

const namedExports = {
  selector: 'ExportDefaultDeclaration',
  message: 'Use a named export: one name for one thing, wherever it is used.',
};
const noReExports = {
  selector: ':matches(ExportAllDeclaration, ExportNamedDeclaration[source])',
  message: 'Import from the file that has it. Only the entry points of client/ collect what others export.',
};
const noIndexFile = { selector: 'Program', message: 'Name the file for what it holds, and import from it directly.' };
const noDrawer = { selector: 'Program', message: 'Name the file for what it holds: anything fits into a drawer.' };

/** What this project asks of its code beyond any other. */
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
    ignores: ['src/config.ts', 'src/production.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'Only src/config.ts reads the environment. Add a variable there, and take its value as an option.',
        },
      ],
    },
  },
];
