import type { Logger } from 'pino';

/** Logs a warning that may come thousands of times: one line a second at most, with the number of times. */
export function countedWarning(logger: Logger, message: string) {
  let count = 0;
  let last: Error | undefined;
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (count > 0) logger.warn({ err: last, count }, message);
    count = 0;
  };
  const add = (error: Error) => {
    count += 1;
    last = error;
    timer ??= setTimeout(flush, 1000).unref();
  };
  return { add, flush };
}
