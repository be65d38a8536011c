import { isConstraintViolation, isDatabaseAway } from './errors.ts';

interface Waiting<Item, Result> {
  item: Item;
  resolve: (result: Result | undefined) => void;
  reject: (error: unknown) => void;
}

interface Options<Item, Result> {
  /** Maximum number of items in one batch. */
  atMost: number;
  /** The queue of an item. Each queue writes one batch at a time. Without this there is one queue. */
  queue?: (item: Item) => string;
  /** Items with the same key share a batch only if their conditions are equal. Otherwise the later one waits. */
  key: (item: Item) => string;
  condition: (item: Item) => string;
  /**
   * Writes a batch in one transaction: if it fails, nothing is written. Returns results of its items, if there are any.
   */
  commit: (batch: readonly Item[]) => Promise<ReadonlyMap<Item, Result> | void>;
}

/** Collects the items that arrive while a batch is being written, and writes them together in the next one. */
export function createGroupCommit<Item, Result = never>(options: Options<Item, Result>) {
  const { atMost, queue: queueOf = () => '', key, condition, commit } = options;
  type Queue = Waiting<Item, Result>[];
  /** The queues in which a batch is being written. */
  const queues = new Map<string, Queue>();

  function takeBatch(queue: Queue): Queue {
    const batch: Queue = [];
    const left: Queue = [];
    const conditions = new Map<string, string>();
    for (const waiting of queue.splice(0)) {
      const own = condition(waiting.item);
      const taken = conditions.get(key(waiting.item)) ?? own;
      if (batch.length === atMost || taken !== own) left.push(waiting);
      else batch.push(waiting);
      conditions.set(key(waiting.item), taken);
    }
    for (const waiting of left) queue.push(waiting);
    return batch;
  }

  async function write(batch: Queue, queue: Queue): Promise<void> {
    try {
      const results = await commit(batch.map(({ item }) => item));
      for (const { item, resolve } of batch) resolve(results?.get(item));
    } catch (error) {
      // The whole batch was rolled back. Its items are written one by one, so that only the offending one fails.
      if (batch.length > 1 && isConstraintViolation(error)) for (const one of batch) await write([one], queue);
      else for (const { reject } of batch) reject(error);
      // The items that wait would time out as well, so they fail at once.
      if (isDatabaseAway(error)) for (const { reject } of queue.splice(0)) reject(error);
    }
  }

  async function drain(name: string, queue: Queue): Promise<void> {
    while (queue.length > 0) await write(takeBatch(queue), queue);
    queues.delete(name);
  }

  /** Resolves when the item is committed, with its result. */
  return (item: Item): Promise<Result | undefined> =>
    new Promise((resolve, reject) => {
      const name = queueOf(item);
      const queue = queues.get(name);
      if (queue) return void queue.push({ item, resolve, reject });
      const started = [{ item, resolve, reject }];
      queues.set(name, started);
      void drain(name, started);
    });
}
