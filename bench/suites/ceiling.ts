import type { Bench } from '../bench.ts';
import { Audience } from '../load/audience.ts';
import { figure, type Section } from '../report.ts';
import { loadCpuSeconds } from '../server-process.ts';
import { startSystem } from '../systems.ts';

/** Measures how much the load generator can receive at most. Results below that are limited by the server. */
export async function loadCeiling(bench: Bench): Promise<Section> {
  const server = await startSystem('blast', bench.surroundings);
  const rows: string[][] = [];
  for (const framesPerWrite of [1, 16]) {
    const [sockets, writes] = [200, 3_200 / framesPerWrite];
    const begin = performance.now();
    const cpu = loadCpuSeconds();
    const audience = await Audience.gather({
      port: server.port,
      tokens: Array.from({ length: sockets }, () => ''),
      operation: () => ({ query: '', variables: { writes, framesPerWrite } }),
      reading: false,
    });
    await audience.until(sockets * writes * framesPerWrite);
    const used = loadCpuSeconds() - cpu;
    rows.push([
      framesPerWrite === 1 ? 'one by one' : `${framesPerWrite} together`,
      figure(audience.received / ((performance.now() - begin) / 1000)),
      figure(audience.received / used),
    ]);
    audience.close();
  }
  await server.stop();
  return {
    heading: 'The ceiling of the load generator',
    text: 'Frames a second that it receives from a server that only writes them.',
    table: { columns: ['frames', 'a second', 'a second of its CPU'], rows },
  };
}
