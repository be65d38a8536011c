import type { PrismaClient } from '../database/generated/client.ts';
import { DomainError } from '../errors.ts';
import { encodeJoined, encodePublished, type Published } from './codec.ts';
import { findMade, isKeyTaken, writeKey, type Caller, type Made } from './idempotency.ts';
import type { ChatChange, Transaction } from './change.ts';
import type { PubSub } from './pubsub.ts';

/** What the transaction of a mutation did, and what it answers. */
export interface Work<T> {
  change: ChatChange;
  made: Made;
  answer: T;
}

export type Writer = ReturnType<typeof createWriter>;

/** How every mutation changes something: one transaction for the change, its events and its key; then publishing. */
export function createWriter(db: PrismaClient, pubsub: PubSub) {
  /** After the commit. Whatever goes wrong here, the feeds find in the log. */
  function publish(chatId: string, events: readonly Published[], joinings: ChatChange['joinings'] = []): void {
    for (const published of events) pubsub.publish(`chat:${chatId}`, encodePublished(published));
    for (const { userId, position } of joinings) pubsub.publish(`user:${userId}`, encodeJoined({ chatId, position }));
  }

  /**
   * Does the work once per Idempotency-Key; `replay` answers from what an earlier request made. The key is looked up
   * where it proves taken, which undoes the work, and before a refusal: the first of two may have deleted the chat.
   */
  async function once<T>(caller: Caller, work: () => Promise<T>, replay: (made: Made) => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!isKeyTaken(error) && !(error instanceof DomainError)) throw error;
      const made = await findMade(db, caller);
      if (!made) throw error;
      const answer = await replay(made);
      caller.idempotency?.onReplay();
      return answer;
    }
  }

  async function perform<T>(
    caller: Caller,
    work: (tx: Transaction) => Promise<Work<T>>,
    replay: (made: Made) => Promise<T>,
  ): Promise<T> {
    return once(
      caller,
      async () => {
        const { change, answer } = await db.$transaction(async (tx) => {
          const done = await work(tx);
          await done.change.append();
          await writeKey(tx, caller, done.made);
          return done;
        });
        publish(change.chat.id, change.events, change.joinings);
        return answer;
      },
      replay,
    );
  }

  return { perform, once, publish };
}
