/**
 * npm runs this after `npm ci` and before `npm pack`. It builds the project. If the development packages that a build
 * needs are absent (`npm ci --omit=dev`), it keeps the existing build.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const { devDependencies } = JSON.parse(readFileSync(at('package.json'), 'utf8'));

if (Object.keys(devDependencies).every((name) => existsSync(at(`node_modules/${name}`)))) {
  process.exitCode = spawnSync('npm run build', { cwd: at('.'), shell: true, stdio: 'inherit' }).status ?? 1;
} else if (!existsSync(at('dist/src/main.js'))) {
  console.warn(
    'Nothing was built, because the development packages are not installed. Build first with `npm ci`, then remove them ' +
      'with `npm ci --omit=dev`, which keeps dist/. Or install the package that `npm pack` makes.',
  );
}
