import { gql, type OperationResult } from '@urql/core';
import { createParley } from '../../../client/urql.ts';
import { CHAT, CHATS, CREATE, DELETE, SEND, type MakeKit, type ShownMessage } from './kit.ts';

interface ChatData {
  chat: {
    title: string | null;
    messages: { edges: { node: ShownMessage }[]; pageInfo: { startCursor: string } };
  } | null;
}

interface ChatsData {
  chats: { edges: { node: { id: string; title: string | null; lastMessage: { content: string } | null } }[] };
}

export const urqlKit: MakeKit = (options) => {
  const { client, events, outbox } = createParley(options);
  const chats = new Map<string, ReturnType<typeof watch<ChatData>>>();
  let list: ReturnType<typeof watch<ChatsData>> | undefined;

  function watch<Data>(query: string, variables: object) {
    let result: OperationResult<Data> | undefined;
    const subscription = client.query<Data>(gql(query), variables).subscribe((next) => {
      result = next;
    });
    return { shown: () => result?.data, stop: () => subscription.unsubscribe() };
  }

  return {
    events,
    outbox,
    open(id) {
      chats.set(id, watch<ChatData>(CHAT, { id }));
    },
    shown(id) {
      const chat = chats.get(id)?.shown()?.chat;
      return chat && { title: chat.title, messages: chat.messages.edges.map(({ node }) => node) };
    },
    openList(first) {
      list = watch<ChatsData>(CHATS, { first });
    },
    list: () =>
      list?.shown()?.chats.edges.map(({ node }) => ({
        id: node.id,
        title: node.title,
        last: node.lastMessage?.content ?? null,
      })),
    async older(id) {
      const before = chats.get(id)?.shown()?.chat?.messages.pageInfo.startCursor;
      await client.query(gql(CHAT), { id, before }).toPromise();
    },
    async refetch(id) {
      await client.query(gql(CHAT), { id }, { requestPolicy: 'network-only' }).toPromise();
    },
    async send(chatId, content) {
      const { error } = await client.mutation(gql(SEND), { input: { chatId, content } }).toPromise();
      if (error) throw error;
    },
    async deleteChat(chatId) {
      await client.mutation(gql(DELETE), { input: { chatId } }).toPromise();
    },
    async createChat(title, memberIds = []) {
      const input = { kind: 'GROUP', title, memberIds };
      const { data } = await client.mutation<{ createChat: { id: string } }>(gql(CREATE), { input }).toPromise();
      return data?.createChat.id ?? '';
    },
    stop() {
      events.stop();
      for (const chat of chats.values()) chat.stop();
      list?.stop();
    },
  };
};
