import type { CountedLine } from '../counted-line.ts';
import { Prisma } from '../database/generated/client.ts';
import type { Statement } from '../database/statement.ts';
import { decodeOr } from '../delivery/decode.ts';
import { decodeSessionsEnded, encodeSessionsEnded } from '../log/wire-format.ts';
import type { PubSub } from '../pubsub/pubsub.ts';

/** One channel for all sessions, because few of them end. */
const CHANNEL = 'sessions';

export interface LiveSessions {
  /** Calls the listener once, when the session has ended. The returned function removes the listener. */
  hold(sessionId: string, onEnded: () => void): () => void;
  /** Called after the commit that ended the sessions. */
  ended(sessionIds: readonly string[]): void;
  /** Reads from the database which of the held sessions still exist, and ends the others here. */
  compare: () => Promise<void>;
  stop(): void;
}

/**
 * What this server holds for sessions: open connections, and tokens whose check is cached. Ended sessions are announced
 * by PubSub. The comparison with the database finds those that were not announced, because Redis was away or because
 * `parley set-password` ended them.
 */
export async function followSessions(deps: {
  statement: Statement;
  pubsub: PubSub;
  notUnderstood: CountedLine;
}): Promise<LiveSessions> {
  const { statement, pubsub, notUnderstood } = deps;
  const held = new Map<string, Set<() => void>>();

  function end(sessionIds: readonly string[]): void {
    for (const id of sessionIds) {
      const listeners = held.get(id);
      held.delete(id);
      for (const onEnded of listeners ?? []) onEnded();
    }
  }

  const unsubscribe = await pubsub.subscribe(CHANNEL, (payload) => {
    end(decodeOr(notUnderstood, () => decodeSessionsEnded(payload))?.sessionIds ?? []);
  });

  return {
    hold(sessionId, onEnded) {
      // A function of its own for each holder: two may pass the same listener.
      const listener = () => onEnded();
      const listeners = held.get(sessionId) ?? new Set();
      held.set(sessionId, listeners.add(listener));
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0 && held.get(sessionId) === listeners) held.delete(sessionId);
      };
    },

    ended(sessionIds) {
      if (sessionIds.length === 0) return;
      end(sessionIds);
      pubsub.publish(CHANNEL, encodeSessionsEnded({ sessionIds: [...sessionIds] }));
    },

    async compare() {
      if (held.size === 0) return;
      const gone = await statement<{ id: string }>(Prisma.sql`
        SELECT w.id FROM unnest(${[...held.keys()]}::uuid[]) AS w (id)
        WHERE NOT EXISTS (SELECT FROM session s WHERE s.id = w.id)`);
      end(gone.map(({ id }) => id));
    },

    stop: unsubscribe,
  };
}
