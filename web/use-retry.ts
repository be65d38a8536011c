import { useEffect, useRef } from 'react';
import { useIsReachable } from './use-online.ts';

/** Repeats a failed request each time the connection is back, so that the error does not stay longer than its cause. */
export function useRetry(error: unknown, retry: () => unknown): void {
  const isReachable = useIsReachable();
  const isTried = useRef(false);
  const latest = useRef(retry);
  useEffect(() => {
    latest.current = retry;
  });
  useEffect(() => {
    if (!isReachable) isTried.current = false;
    else if (error && !isTried.current) {
      isTried.current = true;
      void Promise.resolve(latest.current()).catch(() => undefined); // the error is shown
    }
  }, [isReachable, error]);
}
