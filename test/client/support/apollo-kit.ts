import { gql } from '@apollo/client';
import { createParley } from '../../../client/apollo.ts';
import { CHAT, CHATS, CREATE, DELETE, SEND, type MakeKit, type ShownChat, type ShownMessage } from './kit.ts';

interface ChatData {
  chat: {
    title: string | null;
    messages: { edges: { node: ShownMessage }[]; pageInfo: { startCursor: string } };
  } | null;
}

interface ChatsData {
  chats: { edges: { node: { id: string; title: string | null; lastMessage: { content: string } | null } }[] };
}

export const apolloKit: MakeKit = (options) => {
  const parley = createParley(options);
  const { client, events, outbox } = parley;
  const chats = new Map<string, ReturnType<typeof watch>>();
  let list: ReturnType<typeof watchList> | undefined;

  function watch(id: string) {
    const query = client.watchQuery<ChatData>({ query: gql(CHAT), variables: { id } });
    let data: ShownChat;
    const subscription = query.subscribe((result) => {
      if (result.dataState !== 'complete') return void (data = undefined);
      const { chat } = result.data;
      data = chat && { title: chat.title, messages: chat.messages.edges.map(({ node }) => node) };
    });
    return { query, shown: () => data, stop: () => subscription.unsubscribe() };
  }

  function watchList(first?: number) {
    const query = client.watchQuery<ChatsData>({ query: gql(CHATS), variables: { first } });
    let data: ChatsData | undefined;
    const subscription = query.subscribe((result) => {
      data = result.dataState === 'complete' ? result.data : undefined;
    });
    return { query, shown: () => data, stop: () => subscription.unsubscribe() };
  }

  return {
    events,
    outbox,
    open(id) {
      chats.set(id, watch(id));
    },
    shown: (id) => chats.get(id)?.shown(),
    openList(first) {
      list = watchList(first);
    },
    list: () =>
      list
        ?.shown()
        ?.chats.edges.map(({ node }) => ({ id: node.id, title: node.title, last: node.lastMessage?.content ?? null })),
    async older(id) {
      const query = chats.get(id)?.query;
      const data = query?.getCurrentResult().data as ChatData;
      await query?.fetchMore({ variables: { before: data.chat?.messages.pageInfo.startCursor } });
    },
    async refetch(id) {
      await chats.get(id)?.query.refetch();
    },
    async send(chatId, content) {
      await client.mutate({ mutation: gql(SEND), variables: { input: { chatId, content } } });
    },
    async deleteChat(chatId) {
      await client.mutate({ mutation: gql(DELETE), variables: { input: { chatId } } });
    },
    async createChat(title, memberIds = []) {
      const input = { kind: 'GROUP', title, memberIds };
      const { data } = await client.mutate<{ createChat: { id: string } }>({
        mutation: gql(CREATE),
        variables: { input },
      });
      return data?.createChat.id ?? '';
    },
    stop() {
      events.stop();
      for (const chat of chats.values()) chat.stop();
      list?.stop();
      client.stop();
    },
  };
};
