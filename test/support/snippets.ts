import { execFile } from 'node:child_process';
import { copyFile, cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');
const tsc = join(root, 'node_modules/typescript/bin/tsc');

/** A fenced block of a page. */
export interface Snippet {
  page: string;
  line: number;
  language: string;
  source: string;
  /**
   * Declarations that the snippet needs, from the comment `<!-- given … -->` above the fence. A rendered page does not
   * show it.
   */
  given: string;
  /**
   * The name of the file from its first line: `// src/main.tsx`, or `// src/main.tsx (urql)` for one version of an app.
   */
  file?: { name: string; version: string | undefined };
}

const fence = /(?:^<!-- given\n([\s\S]*?)-->\n+)?^```(\w*)\n([\s\S]*?)^```$/gm;

export async function snippetsOf(page: string): Promise<Snippet[]> {
  const text = await readFile(join(root, page), 'utf8');
  return [...text.matchAll(fence)].map((match) => {
    const [whole, given = '', language = '', source = ''] = match;
    const line = text.slice(0, match.index + whole.indexOf('```')).split('\n').length;
    const [, name, version] = /^\/\/ (\S+\.\w+)(?: \((.+?)\))?\n/.exec(source) ?? [];
    return { page, line, language, source, given, ...(name !== undefined && { file: { name, version } }) };
  });
}

/**
 * Writes the TypeScript snippets of a page to a folder, optionally only those of one version of the app. Returns their
 * paths.
 */
export async function writeSnippets(snippets: Snippet[], folder: string, version?: string): Promise<string[]> {
  const paths: string[] = [];
  for (const { language, source, given, file, line } of snippets) {
    if (language !== 'ts' && language !== 'tsx') continue;
    if (file?.version !== undefined && file.version !== version) continue;
    const path = join(folder, file?.name ?? `line-${line}.${language}`);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `${given}${source}\nexport {};\n`);
    paths.push(path);
  }
  return paths;
}

/**
 * Installs the kit and the given packages, as `npm install` would. The kit is compiled from the present sources, unless
 * `built` is a folder in which it is compiled.
 */
export async function installKit(folder: string, packages: string[], built?: string): Promise<void> {
  const kit = join(folder, 'node_modules/@parley/client');
  const dist = join(kit, 'dist');
  await mkdir(kit, { recursive: true });
  if (built === undefined) await buildKit(dist);
  else await cp(built, dist, { recursive: true });
  await copyFile(join(root, 'client/package.json'), join(kit, 'package.json'));
  for (const name of packages) {
    await mkdir(dirname(join(folder, 'node_modules', name)), { recursive: true });
    await symlink(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  }
}

/** Compiles the kit from the present sources. */
export async function buildKit(folder: string): Promise<void> {
  await run(process.execPath, [tsc, '-p', 'client', '--outDir', folder], { cwd: root });
}

/**
 * Returns the errors of the strictest compiler settings for the folder and the kit in it; an empty text if there are
 * none.
 */
export async function typeFaults(folder: string): Promise<string> {
  const compilerOptions = {
    ...{ target: 'es2023', lib: ['es2023', 'dom', 'dom.iterable'], module: 'esnext', moduleResolution: 'bundler' },
    ...{ jsx: 'react-jsx', noEmit: true, types: [], strict: true, exactOptionalPropertyTypes: true },
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['**/*'] }));
  const report = await run(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], { cwd: folder }).then(
    () => '',
    (error: { stdout: string }) => error.stdout,
  );
  // Apollo Client's own declarations have errors with exact optional properties. Packages are outside the folder, so
  // they are filtered out.
  const faults = report.split(/\n(?=\S)/);
  return faults.filter((fault) => !fault.startsWith('..')).join('\n');
}
