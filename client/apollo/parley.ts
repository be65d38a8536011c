import { ApolloClient, ApolloLink, gql, HttpLink, type TypedDocumentNode } from '@apollo/client';
import type { InMemoryCacheConfig } from '@apollo/client/cache';
import { print } from '@apollo/client/utilities';
import { eventsDocument, sendMessageDocument } from '../events/document.ts';
import type { StreamItem, StreamItemLike } from '../events/items.ts';
import type { ChatPosition } from '../events/positions.ts';
import { createEventStream, type EventStream } from '../events/stream.ts';
import { createFetch } from '../http/fetch.ts';
import type { ParleyOptions } from '../options.ts';
import { createOutbox, type MessageInput, type Outbox, type SendResult } from '../outbox/outbox.ts';
import { createTokens } from '../session/tokens.ts';
import { webSocketUrl } from '../url.ts';
import { ParleyCache } from './cache.ts';
import { createIdempotencyLink } from './idempotency.ts';

export interface ApolloParleyOptions<Item> extends ParleyOptions {
  /** The app's own events subscription; its items are typed by it. */
  events?: TypedDocumentNode<{ events: Item }, { since?: readonly ChatPosition[] }>;
  /** The app's own `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { … } }`, for the outbox. */
  sendMessage?: TypedDocumentNode<object, { input: MessageInput }>;
  /** More type policies, and whatever else an InMemoryCache takes. */
  cache?: InMemoryCacheConfig;
  /** Links to go before the network, and whatever else an ApolloClient takes. */
  client?: Partial<Omit<ApolloClient.Options, 'cache'>>;
}

export interface ApolloParley<Item> {
  readonly client: ApolloClient;
  readonly cache: ParleyCache;
  readonly events: EventStream<Item>;
  readonly outbox: Outbox;
}

/** An Apollo Client in step with the server. One for each signed-in user; `events.start()`, or `useLive`, runs it. */
export function createParley<Item extends StreamItemLike = StreamItem>(
  options: ApolloParleyOptions<Item>,
): ApolloParley<Item> {
  const { url, auth } = options;
  const tokens = createTokens(auth);
  const cache = new ParleyCache(options.cache);
  const http = new HttpLink({ uri: url, fetch: createFetch({ ...options, tokens }) });
  const links = [...(options.client?.link ? [options.client.link] : []), createIdempotencyLink(), http];
  const client = new ApolloClient({ ...options.client, cache, link: ApolloLink.from(links) });

  const document = cache.transformDocument(options.events ?? gql(eventsDocument));
  const events = createEventStream<Item>({
    ...options,
    url: options.webSocketUrl ?? webSocketUrl(url),
    tokens,
    document: print(document),
    apply: (items) => cache.apply(items, document),
  });

  const mutation = options.sendMessage ?? gql(sendMessageDocument);
  const outbox = createOutbox(async (input, idempotencyKey): Promise<SendResult> => {
    const { data } = await client.mutate<object>({ mutation, variables: { input }, context: { idempotencyKey } });
    return sent(data);
  });

  cache.follow({ viewerId: events.viewerId, read: events.read, arrived: outbox.arrived });
  return { client, cache, events, outbox };
}

function sent(data: object | null | undefined): SendResult {
  const [answer] = Object.values(data ?? {}) as { __typename: string; id: string; code?: string; message?: string }[];
  if (answer?.__typename === 'Message') return { ok: true, messageId: answer.id };
  return { ok: false, error: { code: answer?.code ?? 'UNKNOWN', message: answer?.message ?? 'No answer' } };
}
