import type { ChatAccess } from '../chat/chat.access.ts';
import { EphemeralPlan } from '../delivery/ephemeral-stream.ts';
import type { Presence } from '../delivery/presence.ts';
import type { EphemeralTopics } from '../delivery/ephemeral-topics.ts';
import type { Hub } from '../delivery/hub.ts';

interface Deps {
  hub: Hub;
  topics: EphemeralTopics;
  presence: Presence;
  access: ChatAccess;
}

/** What a device has on screen, and whether the device is used. */
interface OnScreen {
  chatIds: readonly string[];
  userIds: readonly string[];
  isActive: boolean;
}

export function createEphemeralService({ hub, topics, presence, access }: Deps) {
  return {
    /** Plans a stream of these chats and users. Throws NOT_FOUND or FORBIDDEN if a chat is not one of the user's. */
    async of(userId: string, { chatIds, userIds, isActive }: OnScreen): Promise<EphemeralPlan> {
      const wanted = new Set(chatIds);
      const found = wanted.size === 0 ? [] : await access.filterVisible(userId, [...wanted]);
      for (const { id } of found) wanted.delete(id);
      // `access.get` throws the reason why a chat is not one of the user's.
      for (const chatId of wanted) found.push(await access.get(userId, chatId));
      const chats = found.map(({ id, position }) => ({ chatId: id, position }));
      return new EphemeralPlan({ hub, topics, presence, userId, chats, userIds, isActive });
    },
  };
}
