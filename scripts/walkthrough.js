/**
 * `npm run walkthrough` checks that the example of CONTRIBUTING.md is still valid. It applies
 * docs/adding-a-feature.patch to a copy of the project, runs the code generation, checks the types, and runs the
 * example's test.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const copy = mkdtempSync(join(tmpdir(), 'parley-walkthrough-'));
const run = (command, ...args) => execFileSync(command, args, { cwd: copy, stdio: 'inherit', shell: false });

try {
  const committed = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
    .split('\0')
    .filter(Boolean);
  for (const name of committed) {
    mkdirSync(dirname(join(copy, name)), { recursive: true });
    cpSync(join(root, name), join(copy, name));
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  run('git', 'apply', '--verbose', 'docs/adding-a-feature.patch');
  run('npm', 'run', 'codegen');
  run('npx', 'tsc');
  run('npx', 'vitest', 'run', '--project', 'embedded', 'test/chat-topic.test.ts');
} catch {
  console.error(
    'The example of CONTRIBUTING.md is not valid any more. Apply docs/adding-a-feature.patch by hand, repair it,',
  );
  console.error(
    'write it anew with `git add -AN && git diff -U1 > docs/adding-a-feature.patch`, and correct the page.',
  );
  process.exitCode = 1;
} finally {
  rmSync(copy, { recursive: true });
}
