import type { Transaction } from '../database/clock.ts';
import { createGroupCommit } from '../database/group-commit.ts';
import { limits } from '../limits.ts';
import { presentMembers } from '../log/membership.ts';
import type { MutationRunner } from '../log/mutation-runner.ts';
import type { ReceiptNotice } from '../log/wire-format.ts';

/** Maximum number of requests in one transaction. */
const BATCH = 64;

/** The positions up to which messages have reached a device of the user. */
export interface Delivery {
  userId: string;
  positions: readonly { chatId: string; position: number }[];
}

type Risen = ReceiptNotice & { chatId: string };

/**
 * Raises delivered positions. The caller has locked the users' versions, so that a mark as read and this do not
 * deadlock. It takes no version. Positions that have been read already, and chats that are too large, are not written.
 */
async function raise(tx: Transaction, deliveries: readonly Delivery[]): Promise<Risen[]> {
  const rows = deliveries.flatMap(({ userId, positions }) =>
    positions.map(({ chatId, position }) => ({ user_id: userId, chat_id: chatId, position })),
  );
  return tx.$queryRaw<Risen[]>`
    INSERT INTO viewer_chat_state AS s (user_id, chat_id, version, delivered_position)
    SELECT i.user_id, i.chat_id, 0, LEAST(i.position, c.position)
    FROM (
      SELECT user_id, chat_id, max(position) AS position
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS j (user_id uuid, chat_id uuid, position int)
      GROUP BY user_id, chat_id) AS i
    JOIN ${presentMembers} ON m.chat_id = i.chat_id AND m.user_id = i.user_id
    LEFT JOIN viewer_chat_state o ON o.user_id = i.user_id AND o.chat_id = i.chat_id
    LEFT JOIN viewer_settings v ON v.user_id = i.user_id
    WHERE coalesce(v.sends_read_receipts, true) AND c.member_count <= ${limits.deliveryReceiptMembers}
      AND LEAST(i.position, c.position) > GREATEST(m.joined_position, o.delivered_position, o.receipt_position)
    ON CONFLICT (user_id, chat_id) DO UPDATE SET
      delivered_position = GREATEST(s.delivered_position, excluded.delivered_position)
    RETURNING user_id AS "userId", chat_id AS "chatId", receipt_position AS position,
              GREATEST(receipt_position, delivered_position) AS delivered`;
}

export const createDeliveries = ({ mutations }: { mutations: MutationRunner }) =>
  createGroupCommit<Delivery>({
    atMost: BATCH,
    key: ({ userId }) => userId,
    condition: () => 'any',
    async commit(deliveries) {
      let risen: Risen[] = [];
      await mutations.ofViewers([...new Set(deliveries.map(({ userId }) => userId))], async (tx) => {
        risen = await raise(tx, deliveries);
        return new Map();
      });
      mutations.publish.receipts(risen);
    },
  });
