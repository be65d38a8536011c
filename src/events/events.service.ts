import type { ChatAccess } from '../chat/chat.access.ts';
import { fromClient, fromKnown, fromNow } from '../delivery/chat-subscription.ts';
import type { Hub } from '../delivery/hub.ts';
import { StreamPlan } from '../delivery/stream-plan.ts';
import { BadRequestError } from '../errors.ts';
import { subscriptions, type Accepts } from '../log/subscriptions.ts';

/** What a client names in order to resume. */
interface Resumption {
  since: readonly { chatId: string; position: number }[];
  /** Ids in `since` that are not valid ids of chats. */
  unknownIds: readonly string[];
  viewerStateSince?: number | null | undefined;
}

/** Plans streams. A user who may not subscribe is refused here, before anything is subscribed. */
export function createStreamService({ hub, access }: { hub: Hub; access: ChatAccess }) {
  return {
    /** A stream of one chat, from now on. */
    async ofChat(userId: string, chatId: string, accepts: Accepts): Promise<StreamPlan> {
      const { position } = await access.get(userId, chatId);
      const starts = [{ chatId, from: fromKnown(position) }];
      return new StreamPlan(accepts, { hub, userId, watch: undefined, starts, unknownIds: [] });
    },

    /** A stream of all chats of the user, from now on. */
    async ofAllChats(userId: string, accepts: Accepts, viewerStateSince?: number | null): Promise<StreamPlan> {
      requireVersion(viewerStateSince);
      const watch = await hub.watch(userId);
      const starts = watch.memberships.chats.map(({ chatId, newestPosition }) => ({
        chatId,
        from: fromKnown(newestPosition),
      }));
      return new StreamPlan(accepts, { hub, userId, watch, viewerStateSince, starts, unknownIds: [] });
    },

    /** A stream of all chats of the user, from the positions that the client knows. */
    async resume(userId: string, { since, unknownIds, viewerStateSince }: Resumption): Promise<StreamPlan> {
      requireVersion(viewerStateSince);
      const named = new Set(since.map(({ chatId }) => chatId));
      if (named.size < since.length) throw new BadRequestError('since: names a chat twice.');
      if (since.some(({ position }) => position < 0)) throw new BadRequestError('since: a position must be 0 or more.');
      const watch = await hub.watch(userId);
      const others = watch.memberships.chats.filter(({ chatId }) => !named.has(chatId));
      const starts = [
        ...since.map(({ chatId, position }) => ({ chatId, from: fromClient(position) })),
        ...others.map(({ chatId }) => ({ chatId, from: fromNow(false) })),
      ];
      return new StreamPlan(subscriptions.events, { hub, userId, watch, viewerStateSince, starts, unknownIds });
    },
  };
}

function requireVersion(viewerStateSince: number | null | undefined): void {
  if (viewerStateSince != null && viewerStateSince < 0) {
    throw new BadRequestError('viewerStateSince: must be 0 or more.');
  }
}
