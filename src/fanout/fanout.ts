/** Joins equal subscription operations in cohorts, so that each item is executed once for all of them. */
import { createSourceEventStream, type ExecutionArgs, type ExecutionResult } from 'graphql';
import type { Logger } from 'pino';
import type { Context } from '../context.ts';
import type { Subscriber } from '../delivery/delivery-listener.ts';
import { LivePlan } from '../delivery/live-plan.ts';
import { Cohort } from './cohort.ts';
import { cohortKey, perViewerTypes } from './cohort-key.ts';
import { LiveQuery, type ExecutionHost } from './live-query.ts';
import type { SharedResult } from './shared-result.ts';

export interface FanoutOptions extends ExecutionHost {
  logger: Logger;
  /** Called when a field that is not marked as viewer-dependent asked for the viewer. Tests fail then. */
  onUnmarkedField?: (operation: string) => void;
}

interface CountedCohort {
  cohort: Cohort;
  subscribers: number;
}

/** The arguments of a subscription operation, with the context of its viewer. */
export interface LiveArgs extends ExecutionArgs {
  contextValue: Context;
}

export type Subscribed = { close: () => void } | ExecutionResult;

export class Fanout {
  /** How often an unmarked field was found to ask for the viewer. */
  unmarkedFields = 0;
  /** Number of items that were executed for each viewer. */
  perViewerItems = 0;
  readonly #options: FanoutOptions;
  readonly #cohorts = new Map<string, CountedCohort>();

  constructor(options: FanoutOptions) {
    this.#options = options;
  }

  /**
   * Runs the checks of the subscription field, then joins the operation's cohort. The subscriber gets its first result
   * in a later tick. If a check fails, the answer is a result with its errors.
   */
  async subscribe(args: LiveArgs, subscriber: Subscriber<SharedResult>): Promise<Subscribed> {
    const plan = await createSourceEventStream(args);
    if (!(plan instanceof LivePlan)) return this.#options.mask(plan as ExecutionResult);
    const { key, cohort } = this.#join(args, plan);
    const stream = plan.start(cohort, subscriber);
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

  size(): { cohorts: number; subscribers: number } {
    let subscribers = 0;
    for (const cohort of this.#cohorts.values()) subscribers += cohort.subscribers;
    return { cohorts: this.#cohorts.size, subscribers };
  }

  #join(args: ExecutionArgs, { accepts }: LivePlan): { key: string; cohort: Cohort } {
    const key = cohortKey(args);
    const joined = this.#cohorts.get(key);
    if (joined) {
      joined.subscribers++;
      return { key, cohort: joined.cohort };
    }
    const query = new LiveQuery(args, this.#options);
    const cohort = new Cohort({
      query,
      accepts,
      perViewer: perViewerTypes(args),
      onPerViewer: () => this.perViewerItems++,
      onViewerAsked: () => this.#report(query.name),
      onFailed: (error) => this.#options.logger.error({ err: error }, 'an event was not delivered'),
    });
    this.#cohorts.set(key, { cohort, subscribers: 1 });
    return { key, cohort };
  }

  #leave(key: string): void {
    const joined = this.#cohorts.get(key);
    if (joined && --joined.subscribers === 0) this.#cohorts.delete(key);
  }

  #report(name: string): void {
    this.unmarkedFields++;
    this.#options.logger.error({ operation: name }, 'a field asks for the viewer and is not marked viewerDependent');
    this.#options.onUnmarkedField?.(name);
  }
}
