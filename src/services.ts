import { createAccountService } from './account/account.service.ts';
import { createBlockService } from './block/block.service.ts';
import { createChatAccess } from './chat/chat.access.ts';
import { createChatService } from './chat/chat.service.ts';
import { createMemberService } from './chat/member.service.ts';
import type { Database } from './database/open.ts';
import type { Hub } from './delivery/hub.ts';
import { createDraftService } from './draft/draft.service.ts';
import { createSavedMessageService } from './saved-message/saved-message.service.ts';
import { createEphemeralService } from './ephemeral/ephemeral.service.ts';
import type { Presence } from './delivery/presence.ts';
import type { EphemeralTopics } from './delivery/ephemeral-topics.ts';
import { createStreamService } from './events/events.service.ts';
import type { LogReader } from './log/log-reader.ts';
import type { MutationRunner } from './log/mutation-runner.ts';
import { createMentionService } from './mention/mention.service.ts';
import { createMessageService } from './message/message.service.ts';
import { createPreferencesService } from './preferences/preferences.service.ts';
import type { PubSub } from './pubsub/pubsub.ts';
import { createReactionService } from './reaction/reaction.service.ts';
import { createReadStateService } from './read-state/read-state.service.ts';
import type { LiveSessions } from './session/live-sessions.ts';
import { createSessionService, type AuthConfig } from './session/session.service.ts';
import { createTypingService } from './typing/typing.service.ts';
import { createUserService } from './user/user.service.ts';

interface Deps {
  database: Database;
  log: LogReader;
  mutations: MutationRunner;
  pubsub: PubSub;
  hub: Hub;
  topics: EphemeralTopics;
  presence: Presence;
  auth: AuthConfig;
  live: LiveSessions;
  hasReceipts: boolean;
}

export type Services = ReturnType<typeof createServices>;

/** The use cases of all slices. A new slice registers its service here, and its loaders in `loaders.ts`. */
export function createServices(deps: Deps) {
  const { database, log, mutations, pubsub, hub, topics, presence, auth, live, hasReceipts } = deps;
  const { db, statement } = database;
  const access = createChatAccess(database);
  const members = createMemberService({ log, mutations, access });
  const messages = createMessageService({ db, statement, mutations, access });
  const readState = createReadStateService({ statement, mutations, access, hasReceipts });
  return {
    session: createSessionService({ db, auth, live }),
    users: createUserService({ db, pubsub }),
    access,
    blocks: createBlockService({ db, mutations }),
    chats: createChatService({ statement, mutations, access }),
    members,
    messages,
    account: createAccountService({ db, pubsub, auth, live, members }),
    mentions: createMentionService(statement),
    reactions: createReactionService({ db, mutations, messages }),
    readState,
    drafts: createDraftService({ statement, mutations }),
    savedMessages: createSavedMessageService({ statement, mutations, messages }),
    preferences: createPreferencesService({ mutations, readState }),
    streams: createStreamService({ hub, access }),
    ephemeral: createEphemeralService({ hub, topics, presence, access }),
    typing: createTypingService({ hub, topics, access }),
  };
}
