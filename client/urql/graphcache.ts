import { gql } from '@urql/core';
import type { Cache, CacheExchangeOpts, UpdateResolver, UpdatesConfig } from '@urql/exchange-graphcache';
import type { AppliedItem, AppliedMessage } from '../cache/applied.ts';
import { possibleTypes } from '../cache/possible-types.ts';
import { Lists } from './lists.ts';

/** What the cache has to ask and to tell. */
export interface CacheHooks {
  viewerId(): string | undefined;
  /** A message of the viewer's own is about to be shown. */
  arrived(message: AppliedMessage): void;
  /** Forget what is known of a chat's messages, and say which they were. */
  forget(chatId: string): readonly string[];
}

const MUTATIONS = [
  ...['createChat', 'updateChat', 'deleteChat', 'addChatMembers', 'removeChatMember', 'setChatMemberRole'],
  ...['sendMessage', 'editMessage', 'deleteMessage', 'addReaction', 'removeReaction'],
];

const CHAT_STATE = gql`
  fragment ParleyChatState on Chat {
    id
    position
    lastActivityAt
  }
`;

/** Types whose objects live in their parents. */
const EMBEDDED = [
  'ChatMember',
  'ChatDeleted',
  'MemberRemoved',
  'Session',
  'SignedOut',
  ...(possibleTypes['StreamItem'] ?? []),
];

/** Graphcache's configuration for Parley: keys, growing lists, and what mutations and events make of them. */
export function graphcacheConfig(hooks: CacheHooks, app: CacheExchangeOpts = {}): CacheExchangeOpts {
  const lists = new Lists();
  const chatKey = (id: string) => `Chat:${id}`;

  function settle(result: (AppliedItem & AppliedMessage) | null | undefined, cache: Cache): void {
    if (result?.__typename === 'Message') place(result, cache);
    else if (result?.__typename === 'Chat') lists.addChats(cache, [chatKey(result.id)]);
    else if (result?.__typename === 'ChatDeleted') removeChat(result.chatId ?? result.id, cache);
    else if (result?.chatId !== undefined && ends(result)) removeChat(result.chatId, cache);
  }

  function happened(item: AppliedItem, cache: Cache): void {
    const { chatId } = item;
    if (chatId === undefined) return;
    const chat = chatKey(chatId);
    if (ends(item)) return removeChat(chatId, cache);
    switch (item.__typename) {
      case 'ChatReset':
        return dropChat(chatId, cache);
      case 'ChatAdded':
        askAgain(chatId, cache);
        return lists.addChats(cache, [chat]);
      case 'MessageCreated':
        if (item.message) place(item.message, cache);
        break;
      case 'MemberAdded':
      case 'MemberRemoved':
      case 'ChatUpdated':
        if (!item.chat || !('members' in item.chat)) invalidateFields(chat, 'members', cache);
    }
    advance(chat, item.position ?? 0, '', cache);
  }

  function ends({ __typename, user }: AppliedItem): boolean {
    if (__typename === 'MemberRemoved') return user?.id !== undefined && user.id === hooks.viewerId();
    return __typename === 'ChatDeleted' || __typename === 'ChatGone';
  }

  /** The message in its chat, and the chat where its newest message puts it. */
  function place(message: AppliedMessage, cache: Cache): void {
    const chat = chatKey(message.chatId);
    const key = `Message:${message.id}`;
    const position = Number(cache.resolve(key, 'position'));
    if (message.authorId === hooks.viewerId()) hooks.arrived(message);
    lists.sent(cache, chat, key, position);
    const last = cache.resolve(chat, 'lastMessage') as string | null | undefined;
    if (!last || Number(cache.resolve(last, 'position')) <= position) cache.link(chat, 'lastMessage', key);
    advance(chat, 0, message.createdAt ?? '', cache);
  }

  function advance(chat: string, position: number, at: string, cache: Cache): void {
    const id = cache.resolve(chat, 'id');
    if (id === undefined) return; // nothing is cached of it
    const state = {
      position: Number(cache.resolve(chat, 'position')),
      lastActivityAt: cache.resolve(chat, 'lastActivityAt'),
    };
    cache.writeFragment(CHAT_STATE, {
      id,
      position: Math.max(state.position, position),
      lastActivityAt: at > String(state.lastActivityAt) ? at : state.lastActivityAt,
    });
  }

  function removeChat(chatId: string, cache: Cache): void {
    const chat = chatKey(chatId);
    for (const { fieldName, arguments: args } of cache.inspectFields('Query')) {
      if (fieldName === 'chat' && cache.resolve('Query', 'chat', args) === chat)
        cache.link('Query', 'chat', args, null);
    }
    lists.removeChat(cache, chat);
    dropChat(chatId, cache);
    cache.invalidate({ __typename: 'Chat', id: chatId });
  }

  /** Its messages too, wherever they are cached. */
  function dropChat(chatId: string, cache: Cache): void {
    lists.forget(chatKey(chatId));
    for (const id of hooks.forget(chatId)) cache.invalidate({ __typename: 'Message', id });
    invalidateFields(chatKey(chatId), 'messages', cache);
    invalidateFields(chatKey(chatId), 'members', cache);
  }

  /** Who was removed from a chat may have been told that there is no such chat. */
  function askAgain(chatId: string, cache: Cache): void {
    for (const { fieldName, arguments: args } of cache.inspectFields('Query')) {
      if (fieldName === 'chat' && args?.['id'] === chatId && cache.resolve('Query', 'chat', args) === null) {
        cache.invalidate('Query', 'chat', args);
      }
    }
  }

  function invalidateFields(entity: string, name: string, cache: Cache): void {
    for (const { fieldName, arguments: args } of cache.inspectFields(entity)) {
      if (fieldName === name) cache.invalidate(entity, fieldName, args);
    }
  }

  const updates: UpdatesConfig = {
    Mutation: Object.fromEntries(
      MUTATIONS.map((name): [string, UpdateResolver] => [
        name,
        (data, _args, cache) => settle(data[name] as (AppliedItem & AppliedMessage) | null, cache),
      ]),
    ),
    Subscription: { events: (data, _args, cache) => happened(data['events'] as AppliedItem, cache) },
    Query: { chats: (data, args, cache) => lists.chatsAnswered(cache, data['chats'], args) },
    Chat: {
      messages: (data, args, _cache, info) => lists.answered(info.parentKey, data['messages'], args),
    },
  };

  return {
    possibleTypes,
    ...app,
    keys: { ...Object.fromEntries(EMBEDDED.map((type) => [type, () => null])), ...app.keys },
    resolvers: {
      ...app.resolvers,
      Query: {
        // Not asked for yet, with these arguments: then it is a miss, whatever else is known.
        chats: (_parent, _args, cache, { parentFieldKey }) =>
          cache.resolve('Query', parentFieldKey) === undefined ? undefined : lists.chats(cache),
        ...app.resolvers?.['Query'],
      },
      Chat: {
        messages: (_parent, _args, cache, { parentKey, parentFieldKey }) =>
          cache.resolve(parentKey, parentFieldKey) === undefined ? undefined : lists.messages(parentKey),
        ...app.resolvers?.['Chat'],
      },
    },
    updates: both(updates, app.updates ?? {}),
  };
}

/** An app's own updates run after the kit's. */
function both(kit: UpdatesConfig, app: UpdatesConfig): UpdatesConfig {
  const types = new Set([...Object.keys(kit), ...Object.keys(app)]);
  return Object.fromEntries([...types].map((type) => [type, fieldsOf(kit[type] ?? {}, app[type] ?? {})]));
}

function fieldsOf(kit: Record<string, UpdateResolver | void>, app: Record<string, UpdateResolver | void>) {
  const names = new Set([...Object.keys(kit), ...Object.keys(app)]);
  return Object.fromEntries(
    [...names].map((name): [string, UpdateResolver] => [
      name,
      (...parameters) => {
        kit[name]?.(...parameters);
        app[name]?.(...parameters);
      },
    ]),
  );
}
