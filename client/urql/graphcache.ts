import { gql } from '@urql/core';
import type { Cache, CacheExchangeOpts, UpdateResolver, UpdatesConfig } from '@urql/exchange-graphcache';
import type { AppliedItem, AppliedMessage, Settled } from '../cache/applied.ts';
import { endedChat } from '../cache/endings.ts';
import { chatMutations } from '../cache/chat-mutations.ts';
import { possibleTypes } from '../cache/possible-types.ts';
import type { Told } from '../cache/reaction-flags.ts';
import { DROPPED, notShown, staleBy } from '../cache/stale.ts';
import { Lists } from './lists.ts';
import { mark } from './marks.ts';
import type { ShownState } from '../read-state/read-state.ts';
import { pick } from '../read-state/viewer-states.ts';
import { groupEntity, keyOfGroup, REACTED, reactedGroup } from './reaction-groups.ts';

/** The cache calls these functions to report what it has read, and to ask what the stream knows. */
export interface CacheHooks {
  viewerId(): string | undefined;
  /** Called when a message of the viewer is about to be shown. */
  arrived(message: AppliedMessage): void;
  /** Forgets what is known of a chat's messages, and returns their ids. */
  forget(chatId: string): readonly string[];
  /** The viewer's reaction that follows from an event. */
  told(item: AppliedItem): Told | undefined;
}

const UNREAD_CHANGED = 'ParleyUnreadChanged';

/** An item of the kit itself: the unread state of a chat has changed. */
export const unreadChanged = (state: ShownState) => ({ __typename: UNREAD_CHANGED, occurredAt: '', ...state });

/** Mutations whose results are new objects. */
const MAKING = ['createChat', 'sendMessage'];

const CHAT_STATE = gql`
  fragment ParleyChatState on Chat {
    id
    position
    lastActivityAt
  }
`;

/** Types whose objects are stored in their parents. */
const EMBEDDED = [
  'ChatMember',
  'ChatDeleted',
  'MemberRemoved',
  'Session',
  'SignedOut',
  'UnreadSummary',
  'ReadReceipt',
  'MarkedDelivered',
  'Draft',
  'DraftDeleted',
  UNREAD_CHANGED,
  ...(possibleTypes['StreamItem'] ?? []),
  ...(possibleTypes['EphemeralEvent'] ?? []),
];

/** Graphcache's configuration for Parley: keys, growing lists, and updates by mutations and events. */
export function graphcacheConfig(hooks: CacheHooks, app: CacheExchangeOpts = {}): CacheExchangeOpts {
  // A restored cache would lack the lists and positions that the kit keeps, and hide what happened in the meantime.
  if (app.storage) throw new Error('@parley/client/urql: graphcache.storage is not supported. Leave it out.');
  const lists = new Lists();
  const chatKey = (id: string) => `Chat:${id}`;
  const stateEntity = (chatId: string) => `ViewerChatState:${chatId}`;

  function applyMutationResult(result: Settled | null | undefined, cache: Cache): void {
    const ended = result && endedChat(result, hooks.viewerId());
    if (ended) removeChat(ended, cache);
    else if (result?.__typename === 'Message') place(result, cache);
    else if (result?.__typename === 'Chat') lists.addChats(cache, [chatKey(result.id)]);
  }

  /** What an optimistic result creates or ends is marked only in its own layer, and disappears with the layer. */
  function applyOptimistic(result: Settled | null | undefined, made: boolean, cache: Cache): void {
    const ended = result && endedChat(result, hooks.viewerId());
    if (ended) {
      hideChat(chatKey(ended), cache);
      mark(cache, 'Ended', 'Query', chatKey(ended));
    } else if (result?.__typename === 'Message' && made) {
      mark(cache, 'Made', chatKey(result.chatId), `Message:${result.id}`);
    } else if (result?.__typename === 'Chat' && made) {
      mark(cache, 'Made', 'Query', chatKey(result.id));
    }
  }

  /** What an item changes beside the fields that it shows. */
  const handlers: Readonly<Record<string, (item: AppliedItem, chatId: string, cache: Cache) => void>> = {
    ChatReset: (_item, chatId, cache) => dropChat(chatId, cache),
    ChatAdded(_item, chatId, cache) {
      askAgain(chatId, cache);
      lists.addChats(cache, [chatKey(chatId)]);
    },
    MessageCreated({ message }, _chatId, cache) {
      if (message) place(message, cache);
    },
    ReactionAdded: (item, _chatId, cache) => markReacted(item, item.reaction?.emoji, cache),
    ReactionRemoved: (item, _chatId, cache) => markReacted(item, item.emoji, cache),
  };

  /**
   * Events do not show whether the viewer reacted, nor who else did. The former follows from the user of the reaction.
   */
  function markReacted(item: AppliedItem, emoji: string | undefined, cache: Cache): void {
    const told = hooks.told(item);
    if (told) cache.writeFragment(REACTED, reactedGroup(told.messageId, told.emoji, told.hasReacted));
    if (item.message && emoji !== undefined) invalidateFields(groupEntity(item.message.id, emoji), 'users', cache);
  }

  /**
   * Updates the state where it is cached. If it is not known, the cached state is invalidated, so that it is fetched
   * again.
   */
  function showState({ chatId, state }: ShownState, cache: Cache): void {
    const shown = cache.resolve(chatKey(chatId), 'viewerState');
    // A state without a key cannot be updated by its chat.
    if (!state || (shown && shown !== stateEntity(chatId)))
      return invalidateFields(chatKey(chatId), 'viewerState', cache);
    const cached = cache.inspectFields(stateEntity(chatId)).map(({ fieldName }) => [fieldName, null]);
    if (cached.length === 0) return;
    const fields = pick(state, Object.fromEntries(cached) as object);
    const fragment = gql(`fragment ParleyViewerState on ViewerChatState { ${Object.keys(fields).join(' ')} }`);
    cache.writeFragment(fragment, { ...fields, __typename: 'ViewerChatState', chatId });
  }

  function applyEvent(item: AppliedItem, cache: Cache): void {
    const { __typename = '', chatId, message } = item;
    if (chatId === undefined) return;
    if (__typename === UNREAD_CHANGED) return showState(item as ShownState, cache);
    const ended = endedChat(item, hooks.viewerId());
    if (ended !== undefined) return removeChat(ended, cache);
    handlers[__typename]?.(item, chatId, cache);
    const fields = staleBy(item);
    for (const field of notShown(fields.chat, item.chat)) invalidateFields(chatKey(chatId), field, cache);
    if (message) {
      for (const field of notShown(fields.message, message)) invalidateFields(`Message:${message.id}`, field, cache);
    }
    if (__typename !== 'ChatReset') advance(chatKey(chatId), item.position ?? 0, '', cache);
  }

  /** Adds the message to its chat, and moves the chat to its place in the lists. */
  function place(message: AppliedMessage, cache: Cache): void {
    const chat = chatKey(message.chatId);
    const key = `Message:${message.id}`;
    const position = Number(cache.resolve(key, 'position'));
    if (message.authorId === hooks.viewerId()) hooks.arrived(message);
    lists.sent(cache, chat, key, position);
    if (message.type === 'SYSTEM') return; // a line about the group does not count as activity
    const last = cache.resolve(chat, 'lastMessage') as string | null | undefined;
    if (!last || Number(cache.resolve(last, 'position')) <= position) cache.link(chat, 'lastMessage', key);
    advance(chat, 0, message.createdAt ?? '', cache);
  }

  function advance(chat: string, position: number, at: string, cache: Cache): void {
    const id = cache.resolve(chat, 'id');
    if (id === undefined) return; // the chat is not cached
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
    hideChat(chat, cache);
    lists.removeChat(cache, chat);
    dropChat(chatId, cache);
    cache.invalidate({ __typename: 'Chat', id: chatId });
  }

  function hideChat(chat: string, cache: Cache): void {
    for (const { fieldName, arguments: args } of cache.inspectFields('Query')) {
      if (fieldName === 'chat' && cache.resolve('Query', 'chat', args) === chat)
        cache.link('Query', 'chat', args, null);
    }
  }

  /** Removes the chat, and its messages wherever they are cached. */
  function dropChat(chatId: string, cache: Cache): void {
    lists.forget(cache, chatKey(chatId));
    for (const id of hooks.forget(chatId)) cache.invalidate({ __typename: 'Message', id });
    for (const field of DROPPED) invalidateFields(chatKey(chatId), field, cache);
  }

  /** A result for a user who was not a member may be cached as null: it is fetched again. */
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
      chatMutations.map((name): [string, UpdateResolver] => [
        name,
        (data, _args, cache, { optimistic }) => {
          const result = data[name] as Settled | null;
          if (optimistic) applyOptimistic(result, MAKING.includes(name), cache);
          else applyMutationResult(result, cache);
        },
      ]),
    ),
    Subscription: { events: (data, _args, cache) => applyEvent(data['events'] as AppliedItem, cache) },
    Query: {
      chats: (data, args, cache, { optimistic }) => {
        if (!optimistic && !args['filter']) lists.chatsAnswered(cache, data['chats'], args);
      },
    },
    Chat: {
      messages: (data, args, cache, { optimistic, parentKey }) => {
        if (!optimistic) lists.answered(cache, parentKey, data['messages'], args);
      },
    },
  };

  const log: NonNullable<CacheExchangeOpts['logger']> = (severity, message) => {
    // Without a schema graphcache does not know which fragments apply to an item, and warns about the fields of all
    // others.
    if (!app.schema && /^Invalid undefined(.*(Fragment|subscription)|(?!.*Caused At))/s.test(message)) return;
    if (app.logger) app.logger(severity, message);
    else if (severity !== 'debug') console[severity](message);
  };

  return {
    possibleTypes,
    ...app,
    logger: log,
    keys: {
      ...Object.fromEntries(EMBEDDED.map((type) => [type, () => null])),
      ReactionGroup: keyOfGroup,
      // There is one state for each chat, wherever it is shown. A state that does not select `chatId` is stored in its
      // chat.
      ViewerChatState: ({ chatId }) => (chatId as string | undefined) ?? null,
      ...app.keys,
    },
    resolvers: {
      ...app.resolvers,
      Query: {
        // The list was not requested with these arguments yet, so it is a cache miss, whatever else is known. Pages of a
        // filter are kept as they were read.
        chats: (_parent, { filter }, cache, { parentFieldKey }) => {
          const page = cache.resolve('Query', parentFieldKey);
          return page === undefined || filter ? page : lists.chats(cache);
        },
        ...app.resolvers?.['Query'],
      },
      Chat: {
        messages: (_parent, args, cache, { parentKey, parentFieldKey }) =>
          cache.resolve(parentKey, parentFieldKey) === undefined ? undefined : lists.messages(cache, parentKey, args),
        lastMessage: (_parent, _args, cache, { parentKey }) =>
          lists.sending(cache, parentKey).at(-1) ?? cache.resolve(parentKey, 'lastMessage'),
        ...app.resolvers?.['Chat'],
      },
    },
    updates: both(updates, app.updates ?? {}),
  };
}

/** Runs an app's own updates after those of the kit. */
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
