import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished } from 'vitest';
import { test } from './support/test.ts';
import { snippetsOf } from './support/snippets.ts';
import { until } from './support/until.ts';

interface Step {
  command: string;
  /** The outputs that the page shows below the command, by block. */
  shown: string[];
  streams: boolean;
}

/** The commands of the README's tour. */
async function tour(): Promise<Step[]> {
  const steps: Step[] = [];
  for (const { language, source } of await snippetsOf('README.md')) {
    if (language !== 'sh') steps.at(-1)?.shown.push(source);
    else if (source.includes('curl')) steps.push({ command: source, shown: [], streams: source.includes('curl -N') });
    else if (steps.length > 0) break;
  }
  return steps;
}

/**
 * Turns an answer of the page into a pattern. White space and lines in between may differ, and a text that ends with
 * `…` stands for any text.
 */
function pattern(answer: string): RegExp {
  const lines = answer.split('\n').map((line) => line.replace(/\s/g, ''));
  const escaped = lines.filter(Boolean).map((line) => line.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(escaped.join('.*').replaceAll(/"[^"]*…"/g, '"([^"]*)"'), 's');
}

test('the commands of the README’s tour print what the README shows', async ({ server }) => {
  const steps = await tour();
  expect(steps).toHaveLength(5);
  expect(steps.flatMap(({ shown }) => shown)).toHaveLength(7);
  /** Texts that the page abbreviates, and their values in this test. */
  const known = new Map([['http://localhost:4000', `http://127.0.0.1:${server.app.port}`]]);
  const filled = (line: string) => [...known].reduce((whole, [cut, value]) => whole.replaceAll(cut, value), line);
  let variables = '';
  const streams: { printed: () => string; wanted: string[] }[] = [];

  for (const { command, shown, streams: stays } of steps) {
    variables += command.match(/^[A-Z]+=.*\n/gm)?.join('') ?? '';
    const script = filled(variables + command);
    const start = () => spawn('bash', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'], detached: true });
    if (stays) {
      const shell = start();
      let printed = '';
      shell.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
      const ended = once(shell, 'exit');
      onTestFinished(async () => {
        process.kill(-shell.pid!);
        await ended;
      });
      streams.push({ printed: () => printed, wanted: [...shown] });
      await until(() => printed.includes('CaughtUp'));
      continue;
    }
    for (const answer of shown) {
      // The output in the other terminal. Every other block is the answer to one more run.
      if (answer.startsWith('event:')) {
        streams.at(-1)!.wanted.push(answer);
        continue;
      }
      const printed = (await text(start().stdout)).replace(/\s/g, '');
      const wanted = pattern(answer);
      expect(printed).toMatch(wanted);
      expect(printed.includes('Idempotency-Replayed')).toBe(answer.includes('Idempotency-Replayed'));
      const values = wanted.exec(printed)!.slice(1);
      for (const [index, [cut = '']] of [...answer.matchAll(/(?<=")[^"]*…(?=")/g)].entries()) {
        expect(known.get(cut) ?? values[index]).toBe(values[index]);
        known.set(cut, values[index]!);
      }
    }
  }
  for (const { printed, wanted } of streams) {
    await until(() => pattern(wanted.join('\n')).test(printed().replace(/\s/g, '')));
    expect(printed().match(/MessageCreated/g), 'a repeated request sends nothing').toHaveLength(1);
  }
});
