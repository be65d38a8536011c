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
     * Tells those who look at the chat. The database is asked only where this server does not know by itself that the user
     * is a member. In large chats nobody is told.
     */
    async set(userId: string, chatId: string, isTyping: boolean): Promise<void> {
      const key = `${chatId} ${userId}`;
      if (pace.isTooSoon(key, isTyping)) return;
      const members = hub.memberCountFor(userId, chatId) ?? (await access.get(userId, chatId)).memberCount;
      pace.told(key, isTyping);
      if (members <= limits.typingMembers) topics.publishTyping(chatId, { userId, isTyping });
    },
  };
}
