/** Runs at most `atOnce` tasks at a time, and lets at most `atMostWaiting` wait. Further tasks are refused at once. */
export function createBoundedQueue(atOnce: number, atMostWaiting: number, refusal: () => Error) {
  const waiting: (() => void)[] = [];
  let running = 0;

  async function turn(): Promise<void> {
    if (running < atOnce) return void (running += 1);
    if (waiting.length >= atMostWaiting) throw refusal();
    // A task that ends passes its place to the next one.
    await new Promise<void>((resolve) => waiting.push(resolve));
  }

  return async function run<T>(work: () => Promise<T>): Promise<T> {
    await turn();
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
