import type { DocumentNode } from 'graphql';
import {
  Client,
  CombinedError,
  fetchExchange,
  gql,
  makeOperation,
  mapExchange,
  stringifyDocument,
  subscriptionExchange,
  formatDocument,
  type ClientOptions,
  type Exchange,
  type ExecutionResult,
  type TypedDocumentNode,
} from '@urql/core';
import { cacheExchange, type CacheExchangeOpts } from '@urql/exchange-graphcache';
import { shownIn } from '../cache/answer.ts';
import { createSelectionCheck, unorderedPage } from '../cache/selection.ts';
import { ReactionFlags } from '../cache/reaction-flags.ts';
import { Revisions } from '../cache/revisions.ts';
import { eventsDocument, sendMessageDocument } from '../events/document.ts';
import type { StreamItem, StreamItemLike } from '../events/items.ts';
import type { ChatPosition } from '../events/positions.ts';
import { createEventStream, type EventStream } from '../events/stream.ts';
import { createFetch } from '../http/fetch.ts';
import { newIdempotencyKey } from '../http/idempotency.ts';
import type { ParleyOptions } from '../options.ts';
import type { DocumentInput } from '../outbox/messages.ts';
import { createSending, type Sending } from '../outbox/sending.ts';
import { sendRequest } from '../outbox/send-request.ts';
import { sent } from '../outbox/sent.ts';
import { createOwnState, type OwnState } from '../own-state/own-state.ts';
import type { ShownState } from '../read-state/read-state.ts';
import { createTokens } from '../session/tokens.ts';
import { webSocketUrl } from '../url.ts';
import { asking } from './asking.ts';
import { graphcacheConfig, unreadChanged } from './graphcache.ts';
import { withGroupKeys } from './reaction-groups.ts';

export interface UrqlParleyOptions<Item> extends ParleyOptions {
  /** The app's own subscription of events. Items have its types. */
  events?: TypedDocumentNode<{ events: Item }, { since?: ChatPosition[]; viewerStateSince?: number }>;
  /** The app's own `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { … } }`, for the outbox. */
  sendMessage?: TypedDocumentNode<object, { input: DocumentInput }>;
  /** Further options of graphcache: schema, optimistic results, resolvers and updates. `storage` is refused. */
  graphcache?: CacheExchangeOpts;
  /** Exchanges between the cache and the network. */
  exchanges?: Exchange[];
  /** Other options of `Client`. */
  client?: Partial<Omit<ClientOptions, 'url' | 'exchanges' | 'fetch'>>;
}

type GraphQLErrors = NonNullable<ConstructorParameters<typeof CombinedError>[0]['graphQLErrors']>;

export interface UrqlParley<Item> extends Sending, OwnState {
  readonly client: Client;
  readonly events: EventStream<Item>;
}

/**
 * Creates an urql client in step with the server. Create one for each signed-in user. `events.start()` or `useLive`
 * runs it.
 */
export function createParley<Item extends StreamItemLike = StreamItem>(
  options: UrqlParleyOptions<Item>,
): UrqlParley<Item> {
  const { url, auth } = options;
  const tokens = createTokens(auth);
  const revisions = new Revisions();
  const reactions = new ReactionFlags();
  const newestIn = (answer: unknown): unknown => withGroupKeys(ownState.newest(revisions.newest(answer)));
  const check = createSelectionCheck(options.onFault ?? console.error);
  const document = options.events ?? gql(eventsDocument);
  let happen = (_result: ExecutionResult): void => {};

  /** Replaces outdated parts of results before they reach the cache. */
  const newest = mapExchange({
    onResult(result) {
      const { kind } = result.operation;
      if (kind !== 'query' && kind !== 'mutation') return { ...result, data: newestIn(result.data) };
      const unordered = unorderedPage(result.data);
      // An error in the cache would reach nobody, and the query would never end.
      if (unordered) return { ...result, data: undefined, error: new CombinedError({ networkError: unordered }) };
      check(result.data);
      reactions.answered(result.data);
      ownState.answered(result.data);
      // After the result has been cached, the missing events are applied to it again.
      queueMicrotask(() => read(result.data));
      return { ...result, data: newestIn(result.data) };
    },
    onOperation(operation) {
      if (operation.kind !== 'mutation') return;
      const { fetchOptions } = operation.context;
      const key = (operation.context['idempotencyKey'] as string | undefined) ?? newIdempotencyKey();
      const own = typeof fetchOptions === 'function' ? fetchOptions() : fetchOptions;
      const headers = new Headers(own?.headers);
      headers.set('idempotency-key', key);
      const context = { ...operation.context, fetchOptions: { ...own, headers: Object.fromEntries(headers) } };
      return makeOperation(operation.kind, operation, context);
    },
  });

  /**
   * The stream is a subscription of this client, so that its cache sees the events. Other subscriptions use the same
   * socket, and miss events while it is disconnected.
   */
  const happening = subscriptionExchange({
    forwardSubscription: ({ query = '', variables }, operation) => ({
      subscribe(observer) {
        if (operation.context['parley'] === true) {
          happen = (result) => observer.next(result);
          return { unsubscribe: () => {} };
        }
        const stop = events.request(
          { query, ...(variables && { variables: variables as Record<string, unknown> }) },
          {
            next: (result) => observer.next(result as ExecutionResult),
            error: (errors) => observer.error(new CombinedError({ graphQLErrors: [...errors] as GraphQLErrors })),
            complete: () => observer.complete(),
          },
        );
        return { unsubscribe: stop };
      },
    }),
  });

  const client = new Client({
    preferGetMethod: false,
    ...options.client,
    url,
    fetch: createFetch({ ...options, tokens }),
    exchanges: [
      cacheExchange(
        graphcacheConfig(
          {
            viewerId: () => events.viewerId(),
            arrived: (it) => sending.outbox.arrived(it),
            forget(id) {
              reactions.forget();
              return revisions.forget(id);
            },
            told: (item) => reactions.told(item, events.viewerId()),
          },
          options.graphcache,
        ),
      ),
      newest,
      happening,
      ...(options.exchanges ?? []),
      fetchExchange,
    ],
  });
  client.subscription(document, {}, { parley: true }).subscribe(() => {});

  const events = createEventStream<Item>({
    ...options,
    url: options.webSocketUrl ?? webSocketUrl(url),
    tokens,
    // `__typename` is added everywhere, because graphcache needs it. (The declared type of the result is not that of a
    // document.)
    document: stringifyDocument(formatDocument(document) as typeof document),
    apply: (items) =>
      ownState.apply(items, (states) => {
        for (const item of items) happen({ data: { events: item } });
        show(states);
      }),
  });

  function show(states: readonly ShownState[]): void {
    for (const state of states) happen({ data: { events: unreadChanged(state) } });
  }

  const ownState = createOwnState({ events, show, ...asking(client) });

  const sendOne: DocumentNode = options.sendMessage ?? gql(sendMessageDocument);
  const sending = createSending({
    ...options,
    tokens,
    events,
    read: ownState.own.read.upTo,
    drafts: ownState.drafts,
    async send(messages, idempotencyKey) {
      const { mutation, variables } = sendRequest(sendOne, messages);
      const { data, error } = await client.mutation<object>(mutation, variables, { idempotencyKey }).toPromise();
      if (error) throw error;
      return sent(data, messages);
    },
  });

  function read(answer: unknown): void {
    for (const { id, position } of shownIn(answer).chats) events.read(id, position);
    ownState.wasShown();
  }

  return { client, events, ...ownState.own, ...sending };
}
