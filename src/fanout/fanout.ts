import {
  createSourceEventStream,
  getOperationAST,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLError,
} from 'graphql';
import type { Logger } from 'pino';
import type { Context } from '../context.ts';
import { Stream } from '../events/stream.ts';
import { Group } from './group.ts';
import { groupKey, isViewerDependent } from './group-key.ts';
import { Operation, type ExecutionHost } from './operation.ts';
import { LiveSubscriber, type Sink } from './subscriber.ts';

export interface FanoutOptions extends ExecutionHost {
  logger: Logger;
  /** Why an operation may not run at all: it costs too much. */
  refuse(args: ExecutionArgs): readonly GraphQLError[];
  /** Called where a field asked for the viewer that the schema does not mark: tests throw here. */
  onUnmarkedField?: (operation: string) => void;
}

interface CountedGroup {
  group: Group;
  subscribers: number;
}

/** The arguments of a subscription operation, on the context of whoever asks. */
export interface LiveArgs extends ExecutionArgs {
  contextValue: Context;
}

export type Subscribed = { close: () => void } | ExecutionResult;

/** Joins subscription operations that are alike, so that each event is executed once for all of them. */
export class Fanout {
  /** Operations found to depend on the viewer though the schema does not say so. */
  unmarked = 0;
  readonly #options: FanoutOptions;
  readonly #groups = new Map<string, CountedGroup>();

  constructor(options: FanoutOptions) {
    this.#options = options;
  }

  /**
   * Runs the subscription field's own checks, then joins the operation's group. The sink gets its first frame in a
   * later tick. A refusal is answered as a result.
   */
  async subscribe(args: LiveArgs, sink: Sink): Promise<Subscribed> {
    const errors = this.#options.refuse(args);
    if (errors.length > 0) return this.#options.mask({ errors });
    const stream = await createSourceEventStream(args);
    if (!(stream instanceof Stream)) return this.#options.mask(stream as ExecutionResult);
    const operation = new Operation(args, this.#options);
    const { key, group } = this.#join(args, stream, operation);
    stream.connect(new LiveSubscriber(group, operation, args.contextValue.viewer.identity, sink));
    let closed = false;
    return {
      close: () => {
        if (closed) return;
        closed = true;
        stream.close();
        this.#leave(key);
      },
    };
  }

  size(): { groups: number; subscribers: number } {
    let subscribers = 0;
    for (const group of this.#groups.values()) subscribers += group.subscribers;
    return { groups: this.#groups.size, subscribers };
  }

  #join(args: ExecutionArgs, { carries }: Stream, operation: Operation): { key: string; group: Group } {
    const key = groupKey(args);
    const joined = this.#groups.get(key);
    if (joined) {
      joined.subscribers++;
      return { key, group: joined.group };
    }
    const group = new Group({
      operation,
      carries,
      shared: !isViewerDependent(args),
      onUnsafe: () => this.#report(args),
      onFailed: (error) => this.#options.logger.error({ err: error }, 'an event was not delivered'),
    });
    this.#groups.set(key, { group, subscribers: 1 });
    return { key, group };
  }

  #leave(key: string): void {
    const joined = this.#groups.get(key);
    if (joined && --joined.subscribers === 0) this.#groups.delete(key);
  }

  #report({ document, operationName }: ExecutionArgs): void {
    const name = getOperationAST(document, operationName)?.name?.value ?? '(anonymous)';
    this.unmarked++;
    this.#options.logger.error({ operation: name }, 'a field asks for the viewer and is not marked viewerDependent');
    this.#options.onUnmarkedField?.(name);
  }
}
