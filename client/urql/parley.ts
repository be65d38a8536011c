import {
  Client,
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
import { Revisions } from '../cache/revisions.ts';
import { eventsDocument, sendMessageDocument } from '../events/document.ts';
import type { StreamItem, StreamItemLike } from '../events/items.ts';
import type { ChatPosition } from '../events/positions.ts';
import { createEventStream, type EventStream } from '../events/stream.ts';
import { createFetch } from '../http/fetch.ts';
import { newIdempotencyKey } from '../http/idempotency.ts';
import type { ParleyOptions } from '../options.ts';
import { createOutbox, type MessageInput, type Outbox, type SendResult } from '../outbox/outbox.ts';
import { createTokens } from '../session/tokens.ts';
import { webSocketUrl } from '../url.ts';
import { graphcacheConfig } from './graphcache.ts';

export interface UrqlParleyOptions<Item> extends ParleyOptions {
  /** The app's own events subscription; its items are typed by it. */
  events?: TypedDocumentNode<{ events: Item }, { since?: readonly ChatPosition[] }>;
  /** The app's own `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { … } }`, for the outbox. */
  sendMessage?: TypedDocumentNode<object, { input: MessageInput }>;
  /** More of graphcache's configuration: schema, optimistic, storage, own resolvers and updates. */
  graphcache?: CacheExchangeOpts;
  /** Exchanges to go between the cache and the network. */
  exchanges?: Exchange[];
  /** Whatever else a Client takes. */
  client?: Partial<Omit<ClientOptions, 'url' | 'exchanges' | 'fetch'>>;
}

export interface UrqlParley<Item> {
  readonly client: Client;
  readonly events: EventStream<Item>;
  readonly outbox: Outbox;
}

/** An urql client in step with the server. One for each signed-in user; `events.start()`, or `useLive`, runs it. */
export function createParley<Item extends StreamItemLike = StreamItem>(
  options: UrqlParleyOptions<Item>,
): UrqlParley<Item> {
  const { url, auth } = options;
  const tokens = createTokens(auth);
  const revisions = new Revisions();
  const document = options.events ?? gql(eventsDocument);
  let happen = (_result: ExecutionResult): void => {};

  /** Answers on their way to the cache: what is older in them than known is taken out. */
  const newest = mapExchange({
    onResult(result) {
      const { kind } = result.operation;
      // After the cache has it: what the answer lacks is then applied to it once more.
      if (kind === 'query' || kind === 'mutation') queueMicrotask(() => read(result.data));
      return { ...result, data: revisions.newest(result.data as unknown) };
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

  /** The stream as one subscription of this client: its cache then sees events as it sees any. */
  const happening = subscriptionExchange({
    isSubscriptionOperation: ({ kind, context }) => kind === 'subscription' && context['parley'] === true,
    forwardSubscription: () => ({
      subscribe(observer) {
        happen = (result) => observer.next(result);
        return { unsubscribe: () => {} };
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
            arrived: (it) => outbox.arrived(it),
            forget: (id) => revisions.forget(id),
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
    // With __typename everywhere, as graphcache needs it. (Its type is not that of a document; it is one.)
    document: stringifyDocument(formatDocument(document) as typeof document),
    apply(items) {
      for (const item of items) happen({ data: { events: item } });
    },
  });

  const mutation = options.sendMessage ?? gql(sendMessageDocument);
  const outbox = createOutbox(async (input, idempotencyKey): Promise<SendResult> => {
    const { data, error } = await client.mutation<object>(mutation, { input }, { idempotencyKey }).toPromise();
    if (error) throw error;
    return sent(data);
  });

  function read(answer: unknown): void {
    for (const { id, position } of shownIn(answer).chats) events.read(id, position);
  }

  return { client, events, outbox };
}

function sent(data: object | null | undefined): SendResult {
  const [answer] = Object.values(data ?? {}) as { __typename: string; id: string; code?: string; message?: string }[];
  if (answer?.__typename === 'Message') return { ok: true, messageId: answer.id };
  return { ok: false, error: { code: answer?.code ?? 'UNKNOWN', message: answer?.message ?? 'No answer' } };
}
