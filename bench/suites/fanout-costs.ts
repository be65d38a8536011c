import type { Bench } from '../bench.ts';
import type { MeasuredOperation } from '../operations.ts';
import { logPlot } from '../plot.ts';
import { figure, type Section } from '../report.ts';
import { Samples } from '../statistics.ts';
import { titles } from '../systems.ts';
import { openStage, systems, type Plan, type Servers, type System } from './fanout-stages.ts';
import type { Stage } from './stage.ts';

const WARM_UP_AUDIENCE = 100;

interface Measured {
  size: number;
  burst: number;
  samples: Samples<System>;
}

/** Measures server CPU for each delivery of an operation, for every size of audience and burst. */
export async function costs(
  bench: Bench,
  servers: Servers,
  plan: Plan,
  operation: MeasuredOperation,
): Promise<Section[]> {
  const { field } = operation;
  const measured = new Map<string, Measured>();
  const measure = async (name: System, size: number, use: (stage: Stage) => Promise<void>) => {
    const stage = await openStage(bench, servers, { name, operation, size });
    await use(stage);
    await stage.readAll();
    stage.close();
  };
  for (const name of systems) {
    await measure(name, WARM_UP_AUDIENCE, async (stage) => void (await stage.cost(1, plan.warmUp)));
  }
  for (const { size, bursts } of plan.sizes) {
    for (const burst of bursts) measured.set(`${size} ${burst}`, { size, burst, samples: new Samples() });
    for (let repetition = 0; repetition < plan.repetitions; repetition++) {
      for (const name of systems) {
        await measure(name, size, async (stage) => {
          for (const burst of bursts) {
            const cost = await stage.cost(burst, plan.seconds);
            measured.get(`${size} ${burst}`)!.samples.add(name, cost);
            bench.log(`${field} N=${size} burst=${burst} ${name}: ${figure(cost)} µs`);
          }
        });
      }
    }
  }

  const all = [...measured.values()];
  const singles = all.filter(({ burst }) => burst === 1);
  const smallest = singles.find(({ size }) => size >= 100)!;
  const title = `Server CPU for each delivery of ${field}`;
  const plotted = systems.map((name) => ({
    name: titles[name],
    points: singles.map(({ size, samples }) => ({ x: size, y: samples.median(name) })),
  }));
  return [
    {
      heading: `\`${field}\`: server CPU for each delivery, in µs`,
      table: {
        columns: [
          'subscribers, burst',
          ...systems.map((name) => titles[name]),
          'Parley ÷ raw',
          'Yoga ÷ Parley',
          'Apollo ÷ Parley',
        ],
        rows: all.map(({ size, burst, samples }) => [
          `${size.toLocaleString('en')}${burst > 1 ? `, bursts of ${burst}` : ''}`,
          ...systems.map((name) => figure(samples.median(name))),
          figure(samples.ratio('parley', 'raw')),
          figure(samples.ratio('yoga', 'parley')),
          figure(samples.ratio('apollo', 'parley')),
        ]),
      },
      figure: {
        name: `fanout-${field}`,
        caption: title,
        svg: logPlot(title, { x: 'subscribers of one chat', y: 'µs' }, plotted),
      },
    },
    {
      heading: `\`${field}\`: growth with the number of subscribers`,
      text: `The cost of a delivery, relative to ${smallest.size} subscribers.`,
      table: {
        columns: ['subscribers', ...systems.map((name) => titles[name])],
        rows: singles.map(({ size, samples }) => [
          size.toLocaleString('en'),
          ...systems.map((name) => figure(samples.median(name) / smallest.samples.median(name))),
        ]),
      },
    },
  ];
}
