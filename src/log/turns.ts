import { isDatabaseAway } from '../database/errors.ts';

interface Queue {
  running: number;
  waiting: { begin: () => void; fail: (error: unknown) => void }[];
}

/**
 * Runs at most `atOnce` tasks of the same key at a time, so that they do not take every database connection. The others
 * wait in order. If a task fails because the database is away, the waiting ones fail with it: they would time out too.
 */
export function createTurns(atOnce: number) {
  const queues = new Map<string, Queue>();

  return async function inTurn<T>(wanted: string, work: () => Promise<T>): Promise<T> {
    let queue = queues.get(wanted);
    if (!queue) queues.set(wanted, (queue = { running: 0, waiting: [] }));
    const { waiting } = queue;
    if (queue.running < atOnce) queue.running++;
    else await new Promise<void>((begin, fail) => waiting.push({ begin, fail }));
    try {
      return await work();
    } catch (error) {
      if (isDatabaseAway(error)) for (const { fail } of waiting.splice(0)) fail(error);
      throw error;
    } finally {
      const next = waiting.shift();
      if (next) next.begin();
      else if (--queue.running === 0) queues.delete(wanted);
    }
  };
}
