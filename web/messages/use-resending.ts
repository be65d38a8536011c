import { useEffect } from 'react';
import type { ConnectionState } from '../../client/core.ts';
import { useParley } from '../parley.ts';

/** What failed for want of a connection is sent again when there is one: with its key it cannot become two. */
export function useResending(live: ConnectionState): void {
  const { outbox } = useParley();
  useEffect(() => {
    if (live !== 'live') return;
    for (const { key, error } of outbox.getSnapshot()) {
      if (error?.code === 'NETWORK') void outbox.retry(key);
    }
  }, [live, outbox]);
}
