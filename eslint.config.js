import prettier from 'eslint-config-prettier';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { houseRules } from './eslint/house-rules.js';

/** What the strict rules ask beyond what pays here. */
const relaxed = {
  // The compiler reports them.
  '@typescript-eslint/no-unused-vars': 'off',
  // The types of platforms and of raw rows promise more than they hold: guards are wanted.
  '@typescript-eslint/no-unnecessary-condition': 'off',
  '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
  // Services are closures, and contracts are asynchronous also where one driver has nothing to wait for.
  '@typescript-eslint/unbound-method': 'off',
  '@typescript-eslint/require-await': 'off',
  '@typescript-eslint/no-unsafe-enum-assignment': 'off',
  '@typescript-eslint/no-unsafe-enum-comparison': 'off',
  // A cache's or a form's field is a text, though its type does not say so.
  '@typescript-eslint/no-base-to-string': 'off',
  '@typescript-eslint/no-invalid-void-type': 'off',
  // Short arrows; `void` where a value is not wanted.
  '@typescript-eslint/no-confusing-void-expression': 'off',
  '@typescript-eslint/no-meaningless-void-operator': 'off',
  // Libraries reject with errors, and what was caught is passed on as it came.
  '@typescript-eslint/use-unknown-in-catch-callback-variable': 'off',
  '@typescript-eslint/prefer-promise-reject-errors': ['error', { allowThrowingUnknown: true }],
  // Handlers of elements, and options of libraries that wait for them though their types do not say so.
  '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false, properties: false } }],
  // Code points are counted by spreading.
  '@typescript-eslint/no-misused-spread': 'off',
  '@typescript-eslint/no-unnecessary-type-parameters': 'off',
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
};

const untyped = {
  // A value that is missing fails the test.
  '@typescript-eslint/no-non-null-assertion': 'off',
  '@typescript-eslint/no-unsafe-argument': 'off',
  '@typescript-eslint/no-unsafe-assignment': 'off',
  '@typescript-eslint/no-unsafe-call': 'off',
  '@typescript-eslint/no-unsafe-member-access': 'off',
  '@typescript-eslint/no-unsafe-return': 'off',
  '@typescript-eslint/restrict-plus-operands': 'off',
};

/** Those with more than 200 lines, each for a reason. */
const longFiles = [
  // What each event and each result changes in a cache is one table.
  'client/apollo/cache.ts',
  'client/urql/graphcache.ts',
  // All texts of a language are one object.
  'web/language/{en,ru}.ts',
  // All variables are one table, with the rules that join them.
  'src/config/config.ts',
];

export default defineConfig(
  globalIgnores(['dist', 'client/dist', 'coverage', 'src/database/generated', 'web/gql']),
  { linterOptions: { noInlineConfig: true } },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: ['web/vite.config.ts'] } },
    },
    rules: relaxed,
  },
  // Answers are JSON, and matchers such as `expect.any` of type any: what is wrong fails the test.
  { files: ['test/**', 'bench/**'], rules: untyped },
  { files: ['{src,client,web,codegen,bench,prisma,eslint,scripts}/**'], rules: { 'max-lines': ['error', 200] } },
  { files: longFiles, rules: { 'max-lines': 'off' } },
  // Safari tells of an input method by `keyCode` alone.
  { files: ['web/messages/Composer.tsx'], rules: { '@typescript-eslint/no-deprecated': 'off' } },
  houseRules,
  prettier,
);
