import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import ts from 'typescript';

/** The imports of each TypeScript file of these folders: static, dynamic and type-only. */
function importsIn(root: string, folders: readonly string[]): Map<string, string[]> {
  const files = folders
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => posix.join(folder, name)),
    )
    .filter((file) => /\.tsx?$/.test(file) && !file.startsWith('src/database/generated/'));
  const known = new Set(files);
  return new Map(
    files.map((file) => {
      const { importedFiles } = ts.preProcessFile(readFileSync(join(root, file), 'utf8'));
      const targets = importedFiles.map(({ fileName }) => posix.join(posix.dirname(file), fileName));
      return [file, targets.filter((target) => known.has(target))];
    }),
  );
}

/**
 * Returns each circle as `a.ts → b.ts → a.ts`, beginning with its first file by name. A file that only leads to a
 * circle is in none.
 */
export function importCircles(root: string, folders: readonly string[]): string[] {
  const imports = importsIn(root, folders);
  const finished = new Set<string>();
  const circles: string[] = [];

  function visit(file: string, path: readonly string[]): void {
    const start = path.indexOf(file);
    if (start >= 0) circles.push(written(path.slice(start)));
    if (start >= 0 || finished.has(file)) return;
    for (const target of imports.get(file)!) visit(target, [...path, file]);
    finished.add(file);
  }

  for (const file of imports.keys()) visit(file, []);
  return circles;
}

function written(circle: readonly string[]): string {
  const first = circle.indexOf(circle.toSorted()[0]!);
  return [...circle.slice(first), ...circle.slice(0, first + 1)].join(' → ');
}
