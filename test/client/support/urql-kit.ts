import { gql, type OperationResult } from '@urql/core';
import type { CacheExchangeOpts } from '@urql/exchange-graphcache';
import { createParley } from '../../../client/urql.ts';
import {
  foreseen,
  mutating,
  shownChat,
  shownList,
  type ChatData,
  type ChatsData,
  type MakeKit,
  type ShownState,
} from './kit.ts';
import { CHAT, CHATS, STATE } from './queries.ts';

type Resolvers = NonNullable<CacheExchangeOpts['optimistic']>;

const foreseenByGraphcache = Object.fromEntries(
  Object.entries(foreseen).map(([name, make]): [string, Resolvers[string]] => [
    name,
    (args) => make(args['input'] as never),
  ]),
);

export const urqlKit: MakeKit = ({ optimistic = false, ...options }) => {
  const { client, events, outbox, unread, read, receipts, typing, drafts } = createParley({
    ...options,
    ...(optimistic && { graphcache: { optimistic: foreseenByGraphcache } }),
  });
  const chats = new Map<string, ReturnType<typeof watch<ChatData>>>();
  let list: ReturnType<typeof watch<ChatsData>> | undefined;
  const views: { stop(): void }[] = [];

  function watch<Data>(query: string, variables: object) {
    let result: OperationResult<Data> | undefined;
    const subscription = client.query<Data>(gql(query), variables).subscribe((next) => {
      result = next;
    });
    return { shown: () => result?.data, stop: () => subscription.unsubscribe() };
  }

  async function mutate(mutation: string, name: string, input: object) {
    const { data, error } = await client
      .mutation<Record<string, { id?: string; code?: string }>>(gql(mutation), { input })
      .toPromise();
    if (error) throw error;
    return data?.[name] ?? {};
  }

  return {
    events,
    outbox,
    unread,
    read,
    receipts,
    typing,
    drafts,
    open(id) {
      chats.set(id, watch<ChatData>(CHAT, { id }));
    },
    shown(id) {
      const data = chats.get(id)?.shown();
      return data && shownChat(data);
    },
    openState(id) {
      const view = watch<{ chat: { viewerState: ShownState | null } | null }>(STATE, { id });
      views.push(view);
      return () => view.shown()?.chat?.viewerState;
    },
    openList(first) {
      list = watch<ChatsData>(CHATS, { first });
    },
    list() {
      const data = list?.shown();
      return data && shownList(data);
    },
    async older(id) {
      const before = chats.get(id)?.shown()?.chat?.messages.pageInfo.startCursor;
      await client.query(gql(CHAT), { id, before }).toPromise();
    },
    async refetch(id) {
      await client.query(gql(CHAT), { id }, { requestPolicy: 'network-only' }).toPromise();
    },
    ...mutating(mutate),
    stop() {
      events.stop();
      for (const chat of chats.values()) chat.stop();
      for (const view of views) view.stop();
      list?.stop();
    },
  };
};
