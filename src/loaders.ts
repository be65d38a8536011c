import type { Database } from './database/open.ts';
import {
  createChatLoader,
  createChatMemberLoader,
  createMemberCountLoader,
  createMembersLoader,
} from './chat/chat.loaders.ts';
import { createMessageLoader, createMessagesLoader } from './message/message.loaders.ts';
import { createReactionLoader, createReactionsOfLoader } from './reaction/reaction.loaders.ts';
import { createUserLoader } from './user/user.loaders.ts';

/**
 * All loaders: for one operation, or for the events of a subscription that are executed together, and cached no longer.
 * Each is made when it is first asked for: an idle subscription holds on to what it began with.
 */
export class Loaders {
  readonly #database: Pick<Database, 'db' | 'statement'>;
  #user?: ReturnType<typeof createUserLoader>;
  #chat?: ReturnType<typeof createChatLoader>;
  #chatMember?: ReturnType<typeof createChatMemberLoader>;
  #memberCount?: ReturnType<typeof createMemberCountLoader>;
  #members?: ReturnType<typeof createMembersLoader>;
  #message?: ReturnType<typeof createMessageLoader>;
  #messages?: ReturnType<typeof createMessagesLoader>;
  #reaction?: ReturnType<typeof createReactionLoader>;
  #reactionsOf?: ReturnType<typeof createReactionsOfLoader>;

  constructor(database: Pick<Database, 'db' | 'statement'>) {
    this.#database = database;
  }

  get user() {
    return (this.#user ??= createUserLoader(this.#database.statement));
  }

  get chat() {
    return (this.#chat ??= createChatLoader(this.#database.statement));
  }

  get chatMember() {
    return (this.#chatMember ??= createChatMemberLoader(this.#database.db));
  }

  get memberCount() {
    return (this.#memberCount ??= createMemberCountLoader(this.#database.db));
  }

  get members() {
    return (this.#members ??= createMembersLoader(this.#database.statement));
  }

  get message() {
    return (this.#message ??= createMessageLoader(this.#database.statement));
  }

  get messages() {
    return (this.#messages ??= createMessagesLoader(this.#database.statement));
  }

  get reaction() {
    return (this.#reaction ??= createReactionLoader(this.#database.db));
  }

  get reactionsOf() {
    return (this.#reactionsOf ??= createReactionsOfLoader(this.#database.statement));
  }
}
