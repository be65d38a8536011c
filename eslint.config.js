import prettier from 'eslint-config-prettier';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { houseRules } from './eslint/house-rules.js';

/** Strict rules that cost more than they find in this project. */
const relaxed = {
  // The compiler reports unused variables.
  '@typescript-eslint/no-unused-vars': 'off',
  // The types of platforms and of raw rows promise values that may be missing, so guards are wanted.
  '@typescript-eslint/no-unnecessary-condition': 'off',
  '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
  // Services are closures. The functions of a contract are asynchronous even if one driver has nothing to wait for.
  '@typescript-eslint/unbound-method': 'off',
  '@typescript-eslint/require-await': 'off',
  '@typescript-eslint/no-unsafe-enum-assignment': 'off',
  '@typescript-eslint/no-unsafe-enum-comparison': 'off',
  // A field of a cache or of a form is a string, though its type does not say so.
  '@typescript-eslint/no-base-to-string': 'off',
  '@typescript-eslint/no-invalid-void-type': 'off',
  // Short arrow functions may return the `void` of what they call.
  '@typescript-eslint/no-confusing-void-expression': 'off',
  '@typescript-eslint/no-meaningless-void-operator': 'off',
  // Libraries reject with errors, and a caught value is passed on unchanged.
  '@typescript-eslint/use-unknown-in-catch-callback-variable': 'off',
  '@typescript-eslint/prefer-promise-reject-errors': ['error', { allowThrowingUnknown: true }],
  // Event handlers of elements may be asynchronous. Some libraries wait for a callback though its type does not say so.
  '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false, properties: false } }],
  // Spreading a string counts its code points.
  '@typescript-eslint/no-misused-spread': 'off',
  '@typescript-eslint/no-unnecessary-type-parameters': 'off',
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
};

const untyped = {
  // In a test a missing value fails the test.
  '@typescript-eslint/no-non-null-assertion': 'off',
  '@typescript-eslint/no-unsafe-argument': 'off',
  '@typescript-eslint/no-unsafe-assignment': 'off',
  '@typescript-eslint/no-unsafe-call': 'off',
  '@typescript-eslint/no-unsafe-member-access': 'off',
  '@typescript-eslint/no-unsafe-return': 'off',
  '@typescript-eslint/restrict-plus-operands': 'off',
};

/** Files with more than 200 lines, each with its reason. */
const longFiles = [
  // The changes that each event and each result makes in a cache are one table.
  'client/apollo/cache.ts',
  'client/urql/graphcache.ts',
  // All texts of a language are one object.
  'web/language/{en,ru}.ts',
  // All variables are one table, with the rules that combine them.
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
  // Results are JSON, and matchers such as `expect.any` have type any. A wrong value fails the test.
  { files: ['test/**', 'bench/**'], rules: untyped },
  { files: ['{src,client,web,codegen,bench,prisma,eslint,scripts}/**'], rules: { 'max-lines': ['error', 200] } },
  { files: longFiles, rules: { 'max-lines': 'off' } },
  // Safari reports an input method through `keyCode` only.
  { files: ['web/messages/Composer.tsx'], rules: { '@typescript-eslint/no-deprecated': 'off' } },
  houseRules,
  prettier,
);
