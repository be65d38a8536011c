/** Executes the document of a cohort for items. */
import { execute, getOperationAST, type ExecutionArgs, type ExecutionResult } from 'graphql';
import type { Context } from '../context.ts';
import type { Identity } from '../viewer.ts';
import { isDatabaseAway } from '../database/errors.ts';
import { eventTypes, type StreamItem } from '../log/event-types.ts';
import { groupBy } from '../group-by.ts';
import { primeSent, primeUnreacted, type Loaders } from '../loaders.ts';
import { required } from '../required.ts';
import { perEvent } from './cohort-key.ts';
import { SharedResult } from './shared-result.ts';

/** What a live query needs from the server. */
export interface ExecutionHost {
  /** Creates the loaders for one batch. */
  loaders(): Loaders;
  context(identity: Identity, loaders: Loaders): Context;
  /** Replaces errors by those that clients may see. */
  mask(result: ExecutionResult): ExecutionResult;
  /** Repeats a read while the database is away. */
  retryWhileAway<T>(read: () => Promise<T>): Promise<T>;
}

/** An item, and the viewer that it is shown to. */
export interface Request {
  item: StreamItem;
  identity: Identity;
}

export interface Rendering {
  /** Null if the rows no longer exist because the chat was deleted. The event that ended it follows in the log. */
  result: SharedResult | null;
  /** Whether a resolver asked for the viewer. */
  viewerAsked: boolean;
}

export class LiveQuery {
  readonly #args: Omit<ExecutionArgs, 'contextValue' | 'rootValue'>;
  readonly #host: ExecutionHost;

  constructor(args: ExecutionArgs, host: ExecutionHost) {
    this.#args = { schema: args.schema, operationName: args.operationName ?? null, ...perEvent(args) };
    this.#host = host;
  }

  get name(): string {
    return getOperationAST(this.#args.document, this.#args.operationName)?.name?.value ?? '(anonymous)';
  }

  /**
   * Renders the items as their viewers see them now. They share the loaders, whose keys contain the user where rows
   * depend on one. Each has a `Viewer` of its own, so that `viewerAsked` concerns one item.
   */
  render(requests: readonly Request[]): Promise<Rendering[]> {
    return this.#host.retryWhileAway(async () => {
      const loaders = this.#host.loaders();
      primeLoaders(new Set(requests.map(({ item }) => item)), loaders);
      return Promise.all(requests.map((request) => this.#render(request, loaders)));
    });
  }

  async #render({ item, identity }: Request, loaders: Loaders): Promise<Rendering> {
    if (!(await rowExists(item, identity, loaders))) return { result: null, viewerAsked: false };
    const context = this.#host.context(identity, loaders);
    // graphql-js executes a subscription's selection on an event exactly as it does a query's.
    const result = await execute({ ...this.#args, rootValue: item, contextValue: context });
    // If a field failed because the database was away, the whole batch is tried again.
    const away = result.errors?.find(({ originalError }) => isDatabaseAway(originalError));
    if (away) throw required(away.originalError);
    return { result: new SharedResult(this.#host.mask(result)), viewerAsked: context.viewer.asked };
  }
}

/** Gives snapshots to the loaders, unless several events of the batch are about the same message. */
function primeLoaders(items: Iterable<StreamItem>, loaders: Loaders): void {
  for (const [messageId, about] of groupBy(items, ({ event }) => event?.messageId)) {
    const { event, snapshot } = required(about[0]);
    if (messageId && event && 'isNew' in eventTypes[event.type]) {
      const { chatId, actorId: authorId, position } = event;
      primeSent(loaders, { id: messageId, chatId, authorId, position });
    }
    if (!messageId || !event || !snapshot || about.length > 1) continue;
    loaders.message.prime(messageId, snapshot.message);
    if (snapshot.author) loaders.user.prime(snapshot.author.id, snapshot.author);
    if (snapshot.mentioned) loaders.mentionedUsers.prime(messageId, snapshot.mentioned);
    if ('clearsReactions' in eventTypes[event.type]) primeUnreacted(loaders, messageId);
  }
}

/** Whether the row that the item shows still exists. */
async function rowExists({ about, event, chatId }: StreamItem, identity: Identity, loaders: Loaders): Promise<boolean> {
  // The loader returns null if the user is no longer a member of the chat. The change is then not shown.
  if (about === 'viewerChatState') {
    return identity.is === 'user' && (await loaders.viewerChatState.load({ userId: identity.userId, chatId })) !== null;
  }
  if (about === 'draft') {
    return identity.is === 'user' && (await loaders.draft.load({ userId: identity.userId, chatId })) !== null;
  }
  if (about === 'message') return event?.messageId != null && (await loaders.message.load(event.messageId)) !== null;
  return about === null || (await loaders.chat.load(chatId)) !== null;
}
