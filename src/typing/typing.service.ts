import type { ChatAccess } from '../chat/chat.access.ts';
import type { EphemeralTopics } from '../delivery/ephemeral-topics.ts';
import type { Hub } from '../delivery/hub.ts';
import { limits } from '../limits.ts';
import { TypingPace } from './typing.pace.ts';

export function createTypingService(deps: { hub: Hub; topics: EphemeralTopics; access: ChatAccess }) {
  const { hub, topics, access } = deps;
  const pace = new TypingPace();
  return {
    /**
     * Reports typing to the subscribers who have the chat on screen. The database is asked only if this server does not
     * know whether the user is a member. In large chats nothing is sent.
     */
    async set(userId: string, chatId: string, isTyping: boolean): Promise<void> {
      if (pace.isTooSoon(userId, chatId, isTyping)) return;
      const members = hub.memberCountFor(userId, chatId) ?? (await access.get(userId, chatId)).memberCount;
      pace.told(userId, chatId, isTyping);
      if (members <= limits.typingMembers) topics.publishTyping(chatId, { userId, isTyping });
    },
  };
}
