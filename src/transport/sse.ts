import type { ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Context } from '../context.ts';
import type { Subscriber } from '../delivery/delivery-listener.ts';
import type { Identity } from '../viewer.ts';
import { BadRequestError } from '../errors.ts';
import type { Fanout, LiveArgs } from '../fanout/fanout.ts';
import type { SharedResult } from '../fanout/shared-result.ts';
import type { LiveSessions } from '../session/live-sessions.ts';
import { AsyncQueue } from './async-queue.ts';
import { expiryTimer } from './expiry-timer.ts';
import type { HeldPerUser } from './held-per-user.ts';
import type { NodeContext } from './http.ts';

export interface SseOptions {
  fanout: Fanout;
  heldPerUser: HeldPerUser;
  live: Pick<LiveSessions, 'hold'>;
  maxBufferedBytes: number;
}

interface SseArgs extends LiveArgs {
  contextValue: Context & NodeContext;
}

/** Subscriptions over Server-Sent Events join the same cohorts as those over WebSocket. */
export function liveSse(options: SseOptions): Plugin<Context & NodeContext, NodeContext> & { stop(): void } {
  const { fanout, heldPerUser, live, maxBufferedBytes } = options;
  const batches = new WeakSet<Request>();
  const operations = new Set<SseOperation>();
  let stopped = false;
  return {
    onRequestParse: ({ request }) => ({
      onRequestParseDone({ requestParserResult }) {
        if (Array.isArray(requestParserResult)) batches.add(request);
      },
    }),

    onSubscribe({ args: { contextValue }, setSubscribeFn }) {
      // A batch is answered as a whole, so that a stream in it would never be read or ended.
      if (batches.has(contextValue.request)) {
        throw new BadRequestError(
          'A subscription cannot be part of a batch: send it alone, accepting text/event-stream.',
        );
      }
      setSubscribeFn((executionArgs) => {
        const args = executionArgs as SseArgs;
        const giveBack = hold(heldPerUser, args.contextValue.viewer.identity);
        const operation = new SseOperation(args.contextValue.res, maxBufferedBytes);
        operations.add(operation);
        operation.onOver(() => operations.delete(operation));
        operation.onOver(giveBack);
        operation.onOver(follow(live, args.contextValue.viewer.identity, () => operation.breakOff()));
        if (stopped) operation.breakOff();
        return operation.subscribe(fanout, args);
      });
    },

    /** Yoga does not read a body whose client has gone before its response began, and would send it pings for ever. */
    onResponse: ({ response, serverContext }) => (serverContext.res.destroyed ? response.body?.cancel() : undefined),

    /** Breaks the connections of all streams, so that clients reconnect. After a completed stream they would not. */
    stop() {
      stopped = true;
      for (const operation of operations) operation.breakOff();
    },
  };
}

function hold(heldPerUser: HeldPerUser, identity: Identity): () => void {
  if (identity.is !== 'user') return () => undefined;
  const giveBack = heldPerUser.take(identity.userId);
  if (giveBack) return giveBack;
  throw new BadRequestError(
    `You have ${heldPerUser.limit} connections, the most that a user may have: close one first.`,
  );
}

/** Breaks the stream off when its session ends: its client comes back, and is refused. */
function follow(live: SseOptions['live'], identity: Identity, onEnded: () => void): () => void {
  return identity.is === 'user' && identity.sessionId ? live.hold(identity.sessionId, onEnded) : () => undefined;
}

/** With more waiting characters, ephemeral items are dropped. */
const LOW_WATER = 64 * 1024;

/** A subscription whose response Yoga writes. Yoga accepts results that have their own `stringify`. */
class SseOperation implements Subscriber<SharedResult> {
  readonly #response: ServerResponse;
  readonly #maxBufferedBytes: number;
  readonly #frames: AsyncQueue<SharedResult>;
  #isOver = false;
  readonly #whenOver: (() => void)[] = [];

  constructor(response: ServerResponse, maxBufferedBytes: number) {
    this.#response = response;
    this.#maxBufferedBytes = maxBufferedBytes;
    this.#frames = new AsyncQueue({ onReturn: () => this.end(), weigh: ({ json }) => json.length });
    // This also ends a stream that Yoga drops because its client has gone or does not accept the answer.
    const hungUp = () => this.end();
    response.once('close', hungUp);
    this.onOver(() => response.off('close', hungUp));
  }

  /** The stream, or the errors of a refused operation. */
  async subscribe(fanout: Fanout, args: LiveArgs): Promise<AsyncQueue<SharedResult> | ExecutionResult> {
    const subscribed = await fanout.subscribe(args, this);
    if (!('close' in subscribed)) {
      this.end();
      return subscribed;
    }
    this.onOver(subscribed.close);
    const { identity } = args.contextValue.viewer;
    if (identity.is === 'user' && identity.expiresAt) {
      this.onOver(expiryTimer(identity.expiresAt, () => this.breakOff()));
    }
    if (this.#response.destroyed) this.end();
    return this.#frames;
  }

  /** Calls the listener when the stream is over, at once if it already is. */
  onOver(listener: () => void): void {
    if (this.#isOver) listener();
    else this.#whenOver.push(listener);
  }

  write(frame: SharedResult): void {
    if (this.#isOver) return;
    this.#frames.push(frame);
    if (this.#frames.weight > this.#maxBufferedBytes) this.breakOff();
  }

  get isCongested(): boolean {
    return this.#frames.weight >= LOW_WATER;
  }

  drained(): Promise<void> {
    return this.#frames.drained();
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const listener of this.#whenOver.splice(0)) listener();
    this.#frames.end();
  }

  /**
   * Breaks the connection, so that the client reconnects: its token has expired, it is too slow, or the server stops.
   */
  breakOff(): void {
    this.#frames.clear();
    this.#response.destroy();
    this.end();
  }
}
