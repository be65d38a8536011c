import { createBlockedLoader } from './block/block.loaders.ts';
import { createChatLoader, createChatMemberLoader, createMembersLoader } from './chat/chat.loaders.ts';
import type { Database } from './database/open.ts';
import { createDraftLoader } from './draft/draft.loaders.ts';
import { createSavedMessageLoader } from './saved-message/saved-message.loaders.ts';
import { createMentionedUsersLoader } from './mention/mention.loaders.ts';
import { createMessagesAroundLoader } from './message/messages-around.loaders.ts';
import {
  createLastMessageLoader,
  createMessageLoader,
  createMessagesLoader,
  createVisibleMessageLoader,
} from './message/message.loaders.ts';
import { createViewerSettingsLoader } from './preferences/preferences.loaders.ts';
import { createPresenceLoader, type PresenceSource } from './presence/presence.loaders.ts';
import {
  createReactionGroupsOfLoader,
  createReactionLoader,
  createReactionsOfLoader,
  createReactionsOfUserLoader,
  createReactionsWithLoader,
} from './reaction/reaction.loaders.ts';
import { createViewerChatStateLoader } from './read-state/read-state.loaders.ts';
import { createMessageStatusLoader, createReceiptsLoader, type ReceiptSource } from './read-state/receipt.loaders.ts';
import type { MessagePlace } from './read-state/receipt.rules.ts';
import { createUserLoader } from './user/user.loaders.ts';

type Source = Pick<Database, 'db' | 'statement'> & ReceiptSource & PresenceSource;

/** Every loader. A new slice adds its own here. */
const creators = {
  user: ({ statement }: Source) => createUserLoader(statement),
  chat: ({ statement }: Source) => createChatLoader(statement),
  chatMember: ({ db }: Source) => createChatMemberLoader(db),
  members: ({ statement }: Source) => createMembersLoader(statement),
  message: ({ statement }: Source) => createMessageLoader(statement),
  lastMessage: ({ statement }: Source) => createLastMessageLoader(statement),
  mentionedUsers: ({ statement }: Source) => createMentionedUsersLoader(statement),
  messagesAround: ({ statement }: Source) => createMessagesAroundLoader(statement),
  messages: ({ statement }: Source) => createMessagesLoader(statement),
  reaction: ({ db }: Source) => createReactionLoader(db),
  reactionsOf: ({ statement }: Source) => createReactionsOfLoader(statement),
  reactionGroupsOf: ({ statement }: Source) => createReactionGroupsOfLoader(statement),
  reactionsOfUser: ({ statement }: Source) => createReactionsOfUserLoader(statement),
  reactionsWith: ({ statement }: Source) => createReactionsWithLoader(statement),
  viewerChatState: ({ statement }: Source) => createViewerChatStateLoader(statement),
  visibleMessage: ({ statement }: Source) => createVisibleMessageLoader(statement),
  draft: ({ statement }: Source) => createDraftLoader(statement),
  blocked: ({ statement }: Source) => createBlockedLoader(statement),
  savedMessage: ({ statement }: Source) => createSavedMessageLoader(statement),
  viewerSettings: ({ statement }: Source) => createViewerSettingsLoader(statement),
  presence: (source: Source) => createPresenceLoader(source),
  receipts: (source: Source) => createReceiptsLoader(source),
  messageStatus: (source: Source) => createMessageStatusLoader(source),
};

type Creators = typeof creators;
type Name = keyof Creators;

/**
 * All loaders: for one operation, or for the events of a subscription that are executed together, and cached no longer.
 * Loaders are created when first used, so that an idle subscription does not keep nine of them in memory.
 */
export type Loaders = LazyLoaders & { readonly [K in Name]: ReturnType<Creators[K]> };

export const createLoaders = (source: Source): Loaders => new LazyLoaders(source) as Loaders;

/** Tells the loaders that a message has no reactions, because it is new or deleted. */
export function primeUnreacted(loaders: Loaders, messageId: string): void {
  loaders.reactionsOf.prime(messageId, []);
  loaders.reactionGroupsOf.prime(messageId, []);
}

/** Tells the loaders the status of a new message, which is SENT. */
export function primeSent(loaders: Loaders, message: MessagePlace): void {
  loaders.messageStatus.prime(message, 'SENT');
}

class LazyLoaders {
  readonly #source: Source;
  readonly #made: Partial<Record<Name, unknown>> = {};
  #stopped = false;

  static {
    // The getters are on the prototype, because loaders are created for every operation and most are never used.
    for (const name of Object.keys(creators) as Name[]) {
      Object.defineProperty(this.prototype, name, {
        get(this: LazyLoaders) {
          return this.#get(name);
        },
      });
    }
  }

  constructor(source: Source) {
    this.#source = source;
  }

  /** Ends all reading: every later load fails. */
  stop(): void {
    this.#stopped = true;
  }

  #get(name: Name): unknown {
    if (this.#stopped) throw new Error('The operation was stopped.');
    return (this.#made[name] ??= creators[name](this.#source));
  }
}
