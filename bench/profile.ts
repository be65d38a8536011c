import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { markdownTable } from './report.ts';

interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[];
  samples: number[];
  timeDeltas: number[];
}

const SHOWN = 25;

/**
 * Summarises where the servers spent their time, by package and by function, from the profiles that they wrote when
 * they stopped.
 */
export function summariseProfiles(directory: string): string {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.cpuprofile'))
    .map(
      (path) => `\n## ${path}\n\n${summarise(JSON.parse(readFileSync(join(directory, path), 'utf8')) as CpuProfile)}`,
    )
    .join('\n');
}

/** Sums up self time. Idle time is left out, so shares are of the time in which the server worked. */
function summarise({ nodes, samples, timeDeltas }: CpuProfile): string {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const packages = new Map<string, number>();
  const functions = new Map<string, number>();
  let busy = 0;
  for (const [i, id] of samples.entries()) {
    const { functionName, url, lineNumber } = frames.get(id)!;
    // `dispatch` is a function of the profiler.
    if (functionName === '(idle)' || (functionName === 'dispatch' && url === '')) continue;
    const time = timeDeltas[i]!;
    busy += time;
    const origin = originOf(url, functionName);
    add(packages, origin, time);
    add(functions, `${functionName || '(anonymous)'} ${origin}:${lineNumber + 1}`, time);
  }
  const rows = (times: Map<string, number>) =>
    [...times]
      .toSorted(([, a], [, b]) => b - a)
      .slice(0, SHOWN)
      .map(([name, time]) => [name, `${((time / busy) * 100).toFixed(1)} %`]);
  return [
    `${(busy / 1e6).toFixed(2)} s busy`,
    markdownTable({ columns: ['package', 'self time'], rows: rows(packages) }),
    markdownTable({ columns: ['function', 'self time'], rows: rows(functions) }),
  ].join('\n\n');
}

/** The origin of a function: a package of node_modules, a file of the project, a part of Node, or V8. */
function originOf(url: string, functionName: string): string {
  const inPackage = /node_modules\/((?:@[^/]+\/)?[^/]+)(?!.*node_modules)/.exec(url)?.[1];
  if (inPackage !== undefined) return inPackage;
  if (url.startsWith('node:')) return url;
  if (url.startsWith('file:')) return url.slice(url.lastIndexOf('/dist/') + '/dist/'.length);
  return functionName.startsWith('(') ? 'V8' : 'native';
}

const add = (times: Map<string, number>, key: string, time: number) => times.set(key, (times.get(key) ?? 0) + time);
