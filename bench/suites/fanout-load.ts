import type { Bench } from '../bench.ts';
import { messageCreated } from '../operations.ts';
import { figure, type Section } from '../report.ts';
import { percentile, Samples } from '../statistics.ts';
import { titles } from '../systems.ts';
import { openStage, systems, type Plan, type Servers, type System } from './fanout-stages.ts';
import type { Stage } from './stage.ts';

type Metric = `${System} ${'deliveries' | 'server' | 'load' | 'p50' | 'p99'}`;

/** Measures deliveries a second while messages always wait, and latencies at a fixed rate of messages. */
export async function underLoad(bench: Bench, servers: Servers, { load }: Plan): Promise<Section> {
  const { size, rate, seconds, repetitions } = load;
  const stages = {} as Record<System, Stage>;
  for (const name of systems) stages[name] = await openStage(bench, servers, { name, operation: messageCreated, size });
  const samples = new Samples<Metric>();
  for (let repetition = 0; repetition < repetitions; repetition++) {
    for (const name of systems) {
      const saturation = await stages[name].saturate(seconds);
      const latencies = await stages[name].latencies(rate, seconds);
      samples.add(`${name} deliveries`, saturation.deliveriesPerSecond);
      samples.add(`${name} server`, saturation.serverShare * 100);
      samples.add(`${name} load`, saturation.loadShare * 100);
      samples.add(`${name} p50`, percentile(latencies, 0.5));
      samples.add(`${name} p99`, percentile(latencies, 0.99));
      bench.log(`${name}: ${figure(saturation.deliveriesPerSecond)} deliveries a second`);
    }
  }
  for (const name of systems) stages[name].close();
  return {
    heading: `Under load, ${size.toLocaleString('en')} subscribers of one chat`,
    text: `Saturated: messages always wait. If the server’s core is not full, something else was the limit. Latency: from Redis to the subscriber, at ${rate} messages a second.`,
    table: {
      columns: ['', 'deliveries a second', 'server’s core, %', 'load’s core, %', 'p50 in ms', 'p99 in ms'],
      rows: systems.map((name) => [
        titles[name],
        ...(['deliveries', 'server', 'load', 'p50', 'p99'] as const).map((metric) =>
          figure(samples.median(`${name} ${metric}`)),
        ),
      ]),
    },
  };
}
