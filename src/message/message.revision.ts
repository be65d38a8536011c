import { updateOne } from '../database/columns.ts';
import { Prisma, type Message } from '../database/generated/client.ts';
import type { ChatTransaction } from '../log/chat-transaction.ts';
import type { Snapshot } from '../log/event-types.ts';

/** Changes a message together with the event that was recorded last. Returns and publishes the changed message. */
export function reviseMessage(
  change: ChatTransaction,
  message: Message,
  values: Partial<Message>,
  more: Omit<Snapshot, 'message'> = {},
): Message {
  const revised = { ...message, ...values };
  change.write(updateOne('message', values, Prisma.sql`t.id = ${message.id}::uuid`));
  change.wrote(revised, more);
  return revised;
}
