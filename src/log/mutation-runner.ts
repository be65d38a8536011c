/** Runs every mutation, from its transaction to its publication. There is one runner on a server. */
import { LRUCache } from 'lru-cache';
import type { Transaction } from '../database/clock.ts';
import { Prisma, type PrismaClient } from '../database/generated/client.ts';
import { DomainError } from '../errors.ts';
import type { PubSub } from '../pubsub/pubsub.ts';
import type { ChatTransaction } from './chat-transaction.ts';
import type { LogEvent } from './event-types.ts';
import { findResult, isKeyTaken, keyInsert, type Caller, type ResultRef } from './idempotency.ts';
import type { LogReader } from './log-reader.ts';
import { openChat, openMessage, type OpenChat, type OpenMessage } from './open-chat.ts';
import { createPublisher } from './publisher.ts';
import { createTurns } from './turns.ts';
import { lockViewers, ViewerTransaction } from '../viewer-state/viewer-transaction.ts';

/** Maximum number of messages whose chats are cached. The cache stays valid, because a message never moves. */
const REMEMBERED = 50_000;
/** Maximum number of mutations of one chat that hold a connection at once; the others wait without one. */
const WAITING = 2;

/** The answer of a mutation, and whether an earlier request under the same Idempotency-Key did the work. */
export interface Outcome<T> {
  answer: T;
  isReplay: boolean;
  /** What the mutation's line in the log says beside the usual. */
  noted?: object;
}

/** Answers a repeated request from the ids that the earlier one stored. */
type Replay<T> = (made: ResultRef) => Promise<T>;

export type MutationRunner = ReturnType<typeof createMutationRunner>;

/**
 * The runner opens a transaction, locks the chat, calls the use case, writes the changes, the events and the
 * Idempotency-Key in one statement, commits, and publishes. A use case contains only its rules and its writes.
 */
export function createMutationRunner({ db, pubsub, log }: { db: PrismaClient; pubsub: PubSub; log: LogReader }) {
  const publish = createPublisher(pubsub);

  /**
   * Does the work once per Idempotency-Key. The key is looked up in two cases: when inserting it fails because it
   * exists, and before a refusal is answered, because an earlier request with this key may have deleted the chat.
   */
  async function withIdempotency<T>(caller: Caller, work: () => Promise<T>, replay: Replay<T>): Promise<Outcome<T>> {
    try {
      return { answer: await work(), isReplay: false };
    } catch (error) {
      if (!isKeyTaken(error) && !(error instanceof DomainError)) throw error;
      const made = await findResult(db, caller);
      if (!made) throw error;
      return { answer: await replay(made), isReplay: true };
    }
  }

  interface Done<T> {
    change: ChatTransaction;
    answer: T;
    made: ResultRef;
  }

  const inTurn = createTurns(WAITING);
  const chatOfMessage = new LRUCache<string, string>({ max: REMEMBERED });

  /** The chat of a message. If the message does not exist, its own id stands in as the key of the turns. */
  async function chatOf(messageId: string): Promise<string> {
    const known = chatOfMessage.get(messageId);
    if (known !== undefined) return known;
    const message = await db.message.findUnique({ where: { id: messageId }, select: { chatId: true } });
    if (!message) return messageId;
    chatOfMessage.set(messageId, message.chatId);
    return message.chatId;
  }

  function run<T>(
    caller: Caller,
    /** The chat whose lock the work waits for; null if it creates a chat. */
    chatId: string | null,
    work: (tx: Transaction) => Promise<Done<T>>,
    replay: Replay<T>,
  ): Promise<Outcome<T>> {
    const transaction = async () => {
      const { change, answer } = await db.$transaction(async (tx) => {
        const done = await work(tx);
        await done.change.append(keyInsert(caller, done.made));
        return done;
      });
      publish.events(change.chat.id, change.events, { requestId: caller.requestId, joinings: change.joinings });
      return answer;
    };
    const once = () => (chatId === null ? transaction() : inTurn(chatId, transaction));
    return withIdempotency(caller, once, replay);
  }

  return {
    publish,
    withIdempotency,

    /** Creates a chat, or finds the existing one. */
    newChat<T>(
      caller: Caller,
      work: (tx: Transaction) => Promise<{ change: ChatTransaction; answer: T }>,
      replay: Replay<T>,
    ): Promise<Outcome<T>> {
      const make = async (tx: Transaction) => {
        const done = await work(tx);
        return { ...done, made: { chatId: done.change.chat.id } };
      };
      return run(caller, null, make, replay);
    },

    /** Changes a chat or its members, or sends a message: then `newMessage` says which one the answer is. */
    inChat<T>(
      caller: Caller,
      chatId: string,
      work: (open: OpenChat) => Promise<T>,
      replay: Replay<T>,
      newMessage?: (answer: T) => { messageId: string },
    ): Promise<Outcome<T>> {
      const change = async (tx: Transaction) => {
        const open = await openChat(tx, caller.userId, chatId);
        const answer = await work(open);
        return { change: open.change, answer, made: { chatId, ...newMessage?.(answer) } };
      };
      return run(caller, chatId, change, replay);
    },

    /** Ends a chat or a membership, and answers the event that did. A repeated request needs no access check. */
    ending(caller: Caller, chatId: string, work: (open: OpenChat) => Promise<LogEvent>): Promise<Outcome<LogEvent>> {
      const end = async (tx: Transaction) => {
        const open = await openChat(tx, caller.userId, chatId);
        const answer = await work(open);
        return { change: open.change, answer, made: { chatId, position: answer.position } };
      };
      return run(caller, chatId, end, (made) => log.ending(made));
    },

    /** Changes a message or its reactions. `extra` names columns that are read with it, as in `openMessage`. */
    async inMessage<T, Extra = undefined>(
      caller: Caller,
      messageId: string,
      work: (open: OpenMessage<Extra>) => Promise<T>,
      replay: Replay<T>,
      extra: Prisma.Sql = Prisma.empty,
    ): Promise<Outcome<T>> {
      const change = async (tx: Transaction) => {
        const open = await openMessage<Extra>(tx, caller.userId, messageId, extra);
        const made = { chatId: open.message.chatId, messageId };
        return { change: open.change, answer: await work(open), made };
      };
      return run(caller, await chatOf(messageId), change, replay);
    },

    /**
     * Changes viewer state of one user. No Idempotency-Key is stored, because each of these mutations has the same
     * effect when it is repeated.
     * @param before locks what comes before the viewer in the order of locks: chats, then users
     */
    async ofViewer<T>(
      userId: string,
      work: (own: ViewerTransaction) => Promise<T>,
      before: (tx: Transaction) => Promise<void> = async () => {},
    ): Promise<T> {
      const { own, answer, hasChanged } = await db.$transaction(async (tx) => {
        await before(tx);
        const versions = await lockViewers(tx, [userId]);
        const own = new ViewerTransaction(tx, userId, versions.get(userId) ?? 0);
        const answer = await work(own);
        return { own, answer, hasChanged: await own.append() };
      });
      if (hasChanged) publish.versions(new Map([[userId, own.version]]));
      return answer;
    },

    /** Changes viewer state of many users. The work writes their versions itself, and returns those that rose. */
    async ofViewers(
      userIds: readonly string[],
      work: (tx: Transaction) => Promise<ReadonlyMap<string, number>>,
    ): Promise<void> {
      const versions = await db.$transaction(async (tx) => {
        await lockViewers(tx, userIds);
        return work(tx);
      });
      publish.versions(versions);
    },
  };
}
