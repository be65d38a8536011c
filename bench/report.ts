import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';

export interface Table {
  columns: readonly string[];
  rows: readonly (readonly string[])[];
}

/** A part of a suite's report. */
export interface Section {
  heading: string;
  text?: string;
  table?: Table;
  figure?: { name: string; caption: string; svg: string };
}

const readme = join(import.meta.dirname, 'README.md');
export const results = join(import.meta.dirname, 'results');

/** A figure has three digits, because repetitions confirm no more. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value >= 1000) return Math.round(value).toLocaleString('en');
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

export function markdownTable({ columns, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(columns), line(columns.map((_, i) => (i === 0 ? '---' : '--:'))), ...rows.map(line)].join('\n');
}

const markdown = (sections: readonly Section[], images: string) =>
  sections
    .map(({ heading, text, table, figure: shown }) =>
      [
        `#### ${heading}`,
        text,
        table && markdownTable(table),
        shown && `![${shown.caption}](${images}${shown.name}.svg)`,
      ]
        .filter((part) => part !== undefined)
        .join('\n\n'),
    )
    .join('\n\n');

const writeMarkdown = async (path: string, text: string) =>
  writeFileSync(path, await format(text, { ...(await resolveConfig(path)), filepath: path }));

/** Writes a suite's report and figures to a directory. */
export async function writeReport(suite: string, sections: readonly Section[], directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true });
  await writeMarkdown(join(directory, `${suite}.md`), markdown(sections, ''));
  for (const { figure: drawn } of sections) if (drawn) writeFileSync(join(directory, `${drawn.name}.svg`), drawn.svg);
}

/** Inserts the report into the README, between the marks with the suite's name. */
export async function showInReadme(suite: string, sections: readonly Section[]): Promise<void> {
  const [begin, end] = [`<!-- ${suite} -->`, `<!-- /${suite} -->`];
  const text = readFileSync(readme, 'utf8');
  const [before, rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`${readme} has no place for ${suite}.`);
  await writeMarkdown(readme, `${before}${begin}\n\n${markdown(sections, 'results/')}\n\n${end}${after}`);
}
