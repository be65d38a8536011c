import type { ChatAccess } from '../chat/chat.access.ts';
import { EphemeralPlan } from '../delivery/ephemeral-stream.ts';
import type { EphemeralTopics } from '../delivery/ephemeral-topics.ts';
import type { Hub } from '../delivery/hub.ts';

export function createEphemeralService(deps: { hub: Hub; topics: EphemeralTopics; access: ChatAccess }) {
  const { hub, topics, access } = deps;
  return {
    /** Plans a stream of these chats and users. Throws NOT_FOUND or FORBIDDEN if a chat is not one of the user's. */
    async of(userId: string, chatIds: readonly string[], userIds: readonly string[]): Promise<EphemeralPlan> {
      const wanted = new Set(chatIds);
      const found = wanted.size === 0 ? [] : await access.filterVisible(userId, [...wanted]);
      for (const { id } of found) wanted.delete(id);
      // `access.get` throws the reason why a chat is not one of the user's.
      for (const chatId of wanted) found.push(await access.get(userId, chatId));
      const chats = found.map(({ id, position }) => ({ chatId: id, position }));
      return new EphemeralPlan({ hub, topics, userId, chats, userIds });
    },
  };
}
