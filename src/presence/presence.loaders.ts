import DataLoader from 'dataloader';
import { byKey } from '../database/batch.ts';
import type { Statement } from '../database/statement.ts';
import { lookAt, type Pair } from '../delivery/presence-sight.ts';
import { shownOf, unknown } from '../delivery/presence-state.ts';
import type { Presence } from '../log/ephemeral.ts';

/** Whether the deployment has presence switched on. */
export interface PresenceSource {
  statement: Statement;
  hasPresence: boolean;
}

const keyOf = ({ viewerId, userId }: Pair): string => `${viewerId} ${userId}`;

/** Loads the presence of users as viewers see it, in one statement. */
export const createPresenceLoader = ({ statement, hasPresence }: PresenceSource) =>
  new DataLoader<Pair, Presence, string>(
    async (pairs) => {
      const rows = hasPresence ? await lookAt(statement, pairs) : [];
      return byKey(pairs.map(keyOf), rows, keyOf).map((row) => (row?.maySee ? shownOf(row.stored) : unknown));
    },
    { cacheKeyFn: keyOf },
  );
