import { gql, type TypedDocumentNode } from '@apollo/client';
import { createParley } from '../../../client/apollo.ts';
import {
  foreseen,
  mutating,
  shownChat,
  shownList,
  type ChatData,
  type ChatsData,
  type MakeKit,
  type ShownChat,
  type ShownState,
} from './kit.ts';
import { CHAT, CHATS, STATE } from './queries.ts';

export const apolloKit: MakeKit = ({ optimistic = false, ...options }) => {
  const parley = createParley(options);
  const { client, events, outbox, unread, read, receipts, typing, drafts } = parley;
  const chats = new Map<string, ReturnType<typeof watch>>();
  let list: ReturnType<typeof watchList> | undefined;
  const views: { unsubscribe(): void }[] = [];

  function watch(id: string) {
    const query = client.watchQuery<ChatData>({ query: gql(CHAT), variables: { id } });
    let data: ShownChat;
    const subscription = query.subscribe((result) => {
      data = result.dataState === 'complete' ? shownChat(result.data) : undefined;
    });
    return { query, shown: () => data, stop: () => subscription.unsubscribe() };
  }

  function watchList(first?: number) {
    const query = client.watchQuery<ChatsData>({ query: gql(CHATS), variables: { first } });
    let data: ReturnType<typeof shownList>;
    const subscription = query.subscribe((result) => {
      data = result.dataState === 'complete' ? shownList(result.data) : undefined;
    });
    return { query, shown: () => data, stop: () => subscription.unsubscribe() };
  }

  async function mutate(mutation: string, name: keyof typeof foreseen, input: object) {
    const optimisticResponse = { [name]: foreseen[name](input as never) };
    const document: TypedDocumentNode<Record<string, { id?: string; code?: string }>> = gql(mutation);
    const { data } = await client.mutate({
      mutation: document,
      variables: { input },
      ...(optimistic && { optimisticResponse }),
    });
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
      chats.set(id, watch(id));
    },
    shown: (id) => chats.get(id)?.shown(),
    openState(id) {
      const query = client.watchQuery<{ chat: { viewerState: ShownState | null } | null }>({
        query: gql(STATE),
        variables: { id },
      });
      let shown: ShownState | null | undefined;
      views.push(
        query.subscribe((result) => {
          shown = result.dataState === 'complete' ? result.data.chat?.viewerState : undefined;
        }),
      );
      return () => shown;
    },
    openList(first) {
      list = watchList(first);
    },
    list: () => list?.shown(),
    async older(id) {
      const query = chats.get(id)?.query;
      const data = query?.getCurrentResult().data as ChatData;
      await query?.fetchMore({ variables: { before: data.chat?.messages.pageInfo.startCursor } });
    },
    async refetch(id) {
      await chats.get(id)?.query.refetch();
    },
    ...mutating(mutate),
    stop() {
      events.stop();
      for (const chat of chats.values()) chat.stop();
      for (const view of views) view.unsubscribe();
      list?.stop();
      client.stop();
    },
  };
};
