import DataLoader from 'dataloader';
import type { ChatAccess } from '../chat/chat.access.ts';
import { byKey } from '../database/batch.ts';
import { Prisma } from '../database/generated/client.ts';
import type { Statement } from '../database/statement.ts';
import { InvalidInputError } from '../errors.ts';
import type { MutationRunner } from '../log/mutation-runner.ts';
import { openViewerChat } from '../log/open-viewer-chat.ts';
import { createDeliveries, type Delivery } from './receipt.group-commit.ts';
import { createReadMarks, type ReadMark } from './read-state.group-commit.ts';
import {
  keyOf,
  readUnreadSummary,
  readViewerChatStates,
  type UnreadSummary,
  type ViewerChat,
  type ViewerChatState,
} from './read-state.loaders.ts';

export type ReadStateService = ReturnType<typeof createReadStateService>;

export function createReadStateService(deps: {
  statement: Statement;
  mutations: MutationRunner;
  access: ChatAccess;
  /** Whether the deployment has receipts switched on. */
  hasReceipts: boolean;
}) {
  const { statement, mutations, access, hasReceipts } = deps;
  const deliver = createDeliveries(deps);
  const marks = createReadMarks(deps);

  /** Users whose marks were in one batch read their results in one statement. */
  const states = new DataLoader<ViewerChat, ViewerChatState | null>(
    async (keys) => byKey(keys.map(keyOf), await readViewerChatStates(statement, keys), keyOf),
    { cache: false },
  );

  /** Reads the user's present state of the chat. Throws the reason if there is none. */
  async function get(key: ViewerChat): Promise<ViewerChatState> {
    const state = await states.load(key);
    if (state) return state;
    await access.get(key.userId, key.chatId);
    // The membership has begun between the two reads.
    return get(key);
  }

  const summary = (userId: string): Promise<UnreadSummary> => readUnreadSummary(statement, userId);

  return {
    get,
    summary,

    /**
     * A read position only rises, so marking a lower one changes nothing. A position above the newest counts as the
     * newest.
     */
    async markRead(mark: ReadMark): Promise<ViewerChatState> {
      requirePosition(mark.position);
      await marks.mark(mark);
      return get(mark);
    },

    /**
     * Makes the chat unread from this position on, and marks it, so that it is shown as unread even without unread
     * messages.
     */
    async markUnread({ position, ...key }: ViewerChat & { position: number }): Promise<ViewerChatState> {
      requirePosition(position);
      await mutations.ofViewer(key.userId, async (own) => {
        const { joinedPosition, chat, state } = await openViewerChat(own, key.chatId);
        const wanted = Math.max(joinedPosition, Math.min(position, chat.position) - 1);
        if (state?.isMarkedUnread && state.readPosition === wanted) return;
        own.write(Prisma.sql`
          INSERT INTO viewer_chat_state (user_id, chat_id, version, read_position, is_marked_unread)
          VALUES (${key.userId}::uuid, ${key.chatId}::uuid, ${own.nextVersion()}::int, ${wanted}::int, true)
          ON CONFLICT (user_id, chat_id) DO UPDATE SET
            version = excluded.version, read_position = excluded.read_position, is_marked_unread = true`);
      });
      return get(key);
    },

    /** It does not change the viewer state. */
    async markDelivered(delivery: Delivery): Promise<void> {
      const wrong = delivery.positions.findIndex(({ position }) => position < 0);
      if (wrong >= 0) throw new InvalidInputError(`positions.${wrong}.position`, 'must be 0 or more');
      if (hasReceipts && delivery.positions.length > 0) await deliver(delivery);
    },

    async markAllRead(userId: string): Promise<UnreadSummary> {
      await marks.markAll(userId);
      return summary(userId);
    },
  };
}

function requirePosition(position: number): void {
  if (position < 0) throw new InvalidInputError('position', 'must be 0 or more');
}
