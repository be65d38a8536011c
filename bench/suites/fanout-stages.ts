import type { Bench } from '../bench.ts';
import type { MeasuredOperation } from '../operations.ts';
import type { ServerProcess } from '../server-process.ts';
import type { SystemName } from '../systems.ts';
import { Stage } from './stage.ts';

/** The systems under test. Each has a chat of its own, numbered from 0 in this order. */
export const systems = ['parley', 'raw', 'yoga', 'apollo'] as const satisfies SystemName[];
export type System = (typeof systems)[number];

export interface Plan {
  /** Seconds of deliveries before the first measurement, so that the measured code has been compiled. */
  warmUp: number;
  repetitions: number;
  /** Seconds of one measurement. */
  seconds: number;
  /** Sizes of audiences, with the bursts that are sent to each. */
  sizes: { size: number; bursts: number[] }[];
  /** Size of the audience and messages a second of the measurements under load. */
  load: { size: number; rate: number; seconds: number; repetitions: number };
}

export type Servers = Record<System, ServerProcess>;

/** Opens an audience for one server, in that server's chat. */
export const openStage = (
  bench: Bench,
  servers: Servers,
  { name, operation, size }: { name: System; operation: MeasuredOperation; size: number },
): Promise<Stage> => Stage.open(bench, servers[name], { name, chat: systems.indexOf(name), operation, size });
