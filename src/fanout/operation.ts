import { execute, type ExecutionArgs, type ExecutionResult } from 'graphql';
import type { Context, Identity } from '../context.ts';
import { isDatabaseAway } from '../database/errors.ts';
import type { StreamItem } from '../events/catalogue.ts';
import { groupBy } from '../group-by.ts';
import type { Loaders } from '../loaders.ts';
import { Frame } from './frame.ts';

/** What executing a live operation takes beside its arguments. */
export interface ExecutionHost {
  /** A context for one execution: its loaders are new. */
  context(identity: Identity): Context;
  /** Errors as clients may see them. */
  mask(result: ExecutionResult): ExecutionResult;
  /** Tries again while the database is away. */
  persist<T>(read: () => Promise<T>): Promise<T>;
}

export interface Rendering {
  /** Null where the rows of the item are gone: the ending that took them is next. */
  frame: Frame | null;
  /** Whether a resolver asked for the viewer. */
  viewerAsked: boolean;
}

/** A subscription's document with its variables, to be executed for items as they come. */
export class Operation {
  readonly #args: Omit<ExecutionArgs, 'contextValue' | 'rootValue'>;
  readonly #host: ExecutionHost;

  constructor({ schema, document, operationName, variableValues }: ExecutionArgs, host: ExecutionHost) {
    this.#args = { schema, document, operationName: operationName ?? null, variableValues: variableValues ?? null };
    this.#host = host;
  }

  /** The items as this identity sees them, now. They share what is read. */
  render(items: readonly StreamItem[], identity: Identity): Promise<Rendering[]> {
    return this.#host.persist(async () => {
      const context = this.#host.context(identity);
      prime(items, context.loaders);
      return Promise.all(items.map((item) => this.#render(item, context)));
    });
  }

  async #render(item: StreamItem, context: Context): Promise<Rendering> {
    if (!(await exists(item, context.loaders))) return { frame: null, viewerAsked: false };
    // graphql-js executes a subscription's selection on an event exactly as it does a query's.
    const result = await execute({ ...this.#args, rootValue: item, contextValue: context });
    // What only failed because the database was away is no answer: the whole is tried again.
    const away = result.errors?.find(({ originalError }) => isDatabaseAway(originalError));
    if (away) throw away;
    return { frame: new Frame(this.#host.mask(result)), viewerAsked: context.viewer.asked };
  }
}

/** The rows that an event's transaction wrote need not be read, unless another event here is about the same message. */
function prime(items: readonly StreamItem[], loaders: Loaders): void {
  for (const [messageId, about] of groupBy(items, ({ event }) => event?.messageId)) {
    const { type, snapshot } = about[0]!;
    if (!messageId || !snapshot || about.length > 1) continue;
    loaders.message.prime(messageId, snapshot.message);
    if (snapshot.author) loaders.user.prime(snapshot.author.id, snapshot.author);
    if (type === 'MessageCreated' || type === 'MessageDeleted') loaders.reactionsOf.prime(messageId, []);
  }
}

/** Whether the rows are still there that the item shows. */
async function exists({ type, event, chatId }: StreamItem, loaders: Loaders): Promise<boolean> {
  if (event?.messageId) return (await loaders.message.load(event.messageId)) !== null;
  const showsChat = type === 'ChatAdded' || type === 'ChatUpdated' || type === 'ChatReset' || type === 'MemberAdded';
  return !showsChat || (await loaders.chat.load(chatId)) !== null;
}
