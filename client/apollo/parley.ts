import { ApolloClient, ApolloLink, gql, HttpLink, type DocumentNode, type TypedDocumentNode } from '@apollo/client';
import type { InMemoryCacheConfig } from '@apollo/client/cache';
import { print } from '@apollo/client/utilities';
import { eventsDocument, sendMessageDocument } from '../events/document.ts';
import type { StreamItem, StreamItemLike } from '../events/items.ts';
import type { ChatPosition } from '../events/positions.ts';
import { createEventStream, type EventStream } from '../events/stream.ts';
import { createFetch } from '../http/fetch.ts';
import type { ParleyOptions } from '../options.ts';
import type { DocumentInput } from '../outbox/messages.ts';
import { createSending, type Sending } from '../outbox/sending.ts';
import { createOwnState, type OwnState } from '../own-state/own-state.ts';
import { sendRequest } from '../outbox/send-request.ts';
import { sent } from '../outbox/sent.ts';
import { createTokens } from '../session/tokens.ts';
import { webSocketUrl } from '../url.ts';
import { createSelectionCheck } from '../cache/selection.ts';
import { ParleyCache } from './cache.ts';
import { createIdempotencyLink } from './idempotency.ts';
import { createSocketLink } from './socket-link.ts';

export interface ApolloParleyOptions<Item> extends ParleyOptions {
  /** The app's own subscription of events. Items have its types. */
  events?: TypedDocumentNode<{ events: Item }, { since?: ChatPosition[]; viewerStateSince?: number }>;
  /** The app's own `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { … } }`, for the outbox. */
  sendMessage?: TypedDocumentNode<object, { input: DocumentInput }>;
  /** Further type policies and other options of `InMemoryCache`. */
  cache?: InMemoryCacheConfig;
  /** Links before the network, and other options of `ApolloClient`. */
  client?: Partial<Omit<ApolloClient.Options, 'cache'>>;
}

export interface ApolloParley<Item> extends Sending, OwnState {
  readonly client: ApolloClient;
  readonly cache: ParleyCache;
  readonly events: EventStream<Item>;
}

/**
 * Creates an Apollo Client in step with the server. Create one for each signed-in user. `events.start()` or `useLive`
 * runs it.
 */
export function createParley<Item extends StreamItemLike = StreamItem>(
  options: ApolloParleyOptions<Item>,
): ApolloParley<Item> {
  const { url, auth } = options;
  const tokens = createTokens(auth);
  const cache = new ParleyCache(options.cache);
  const check = createSelectionCheck(options.onFault ?? console.error);
  const http = new HttpLink({ uri: url, fetch: createFetch({ ...options, tokens }) });
  const links = [
    ...(options.client?.link ? [options.client.link] : []),
    createIdempotencyLink(),
    ApolloLink.split(
      ({ operationType }) => operationType === 'subscription',
      createSocketLink((...request) => events.request(...request)),
      http,
    ),
  ];
  const client = new ApolloClient({ ...options.client, cache, link: ApolloLink.from(links) });

  const document = cache.transformDocument(options.events ?? gql(eventsDocument));
  const events = createEventStream<Item>({
    ...options,
    url: options.webSocketUrl ?? webSocketUrl(url),
    tokens,
    document: print(document),
    apply: (items) => ownState.apply(items, (states) => cache.apply(items, document, states)),
  });

  const ownState = createOwnState({
    events,
    // The cache is not used, because it is updated with the results separately.
    query: async (text, variables) =>
      (await client.query({ query: gql(text), variables, fetchPolicy: 'no-cache' })).data,
    mutate: async (text, variables) =>
      (await client.mutate({ mutation: gql(text), variables, fetchPolicy: 'no-cache' })).data,
    show: (states) => cache.show(states),
  });

  const sendOne: DocumentNode = options.sendMessage ?? gql(sendMessageDocument);
  const sending = createSending({
    ...options,
    tokens,
    events,
    read: ownState.own.read.upTo,
    drafts: ownState.drafts,
    async send(messages, idempotencyKey) {
      const request = sendRequest(sendOne, messages);
      const mutation: TypedDocumentNode<object> = request.mutation;
      const { data } = await client.mutate({ mutation, variables: request.variables, context: { idempotencyKey } });
      return sent(data, messages);
    },
  });

  cache.follow({
    viewerId: events.viewerId,
    read: events.read,
    follows: (chatId) => events.positions.get(chatId) !== undefined,
    newest(result, isAnswer) {
      if (isAnswer) ownState.answered(result);
      return ownState.newest(result);
    },
    answered(answer) {
      check(answer);
      ownState.wasShown();
    },
    arrived: sending.outbox.arrived,
  });
  return { client, cache, events, ...ownState.own, ...sending };
}
