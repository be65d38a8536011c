import type { Logger } from 'pino';

export type CountedLine = ReturnType<typeof countedLine>;

/** Logs errors that may come thousands of times: at most one line a second, with their number. */
export function countedLine(logger: Logger, level: 'error' | 'warn' | 'debug', message: string) {
  let count = 0;
  let last: unknown;
  let details: object | undefined;
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (count > 0) logger[level]({ err: last, ...details, count }, message);
    count = 0;
  };
  /** The line shows the newest error and its details. */
  const add = (error: unknown, about?: object) => {
    count += 1;
    last = error;
    details = about;
    timer ??= setTimeout(flush, 1000).unref();
  };
  return { add, flush };
}
