import { databaseTime } from '../database/clock.ts';
import { Prisma, type SavedMessage as SavedMessageRow } from '../database/generated/client.ts';
import type { Page, TimeKey } from '../database/page.ts';
import type { Statement } from '../database/statement.ts';
import { NotFoundError } from '../errors.ts';
import type { MutationRunner } from '../log/mutation-runner.ts';
import type { MessageService } from '../message/message.service.ts';
import { parse } from '../validation.ts';
import type { ViewerTransaction } from '../viewer-state/viewer-transaction.ts';
import { listSavedMessages } from './saved-message.loaders.ts';
import { requireRoomToSave, saveMessageInput, type SavedMessage } from './saved-message.rules.ts';

export function createSavedMessageService(deps: {
  statement: Statement;
  mutations: MutationRunner;
  messages: MessageService;
}) {
  const { statement, mutations, messages } = deps;
  return {
    list: (userId: string, page: Page<TimeKey>) => listSavedMessages(statement, userId, page),

    /** Saving a message again changes its note, if one is given. */
    async save(userId: string, messageId: string, input: { note?: string | null | undefined }): Promise<SavedMessage> {
      const { note } = parse(saveMessageInput, input);
      const message = await messages.get(userId, messageId);
      if (message.deletedAt) throw new NotFoundError('This message is deleted.');
      return mutations.ofViewer(userId, async (own) => {
        const before = await find(own, messageId);
        const isSaved = before !== null && before.removedAt === null;
        if (isSaved && (note === undefined || note === before.note)) return before;
        if (!isSaved) requireRoomToSave(await own.tx.savedMessage.count({ where: { userId, removedAt: null } }));
        const savedAt = isSaved ? before.savedAt : await databaseTime(own.tx);
        const saved = { messageId, chatId: message.chatId, version: own.nextVersion(), note: note ?? null, savedAt };
        own.write(Prisma.sql`
          INSERT INTO saved_message (user_id, message_id, chat_id, version, note, saved_at)
          VALUES (${userId}::uuid, ${messageId}::uuid, ${saved.chatId}::uuid, ${saved.version}::int,
                  ${saved.note}::text, ${savedAt}::timestamptz)
          ON CONFLICT (user_id, message_id) DO UPDATE SET
            version = excluded.version, note = excluded.note, saved_at = excluded.saved_at, removed_at = NULL`);
        return saved;
      });
    },

    /**
     * Returns the version of the removal. If the message was not saved, it is the version of the last change, or 0. The
     * user need not be a member of the chat.
     */
    async remove(userId: string, messageId: string): Promise<number> {
      return mutations.ofViewer(userId, async (own) => {
        const before = await find(own, messageId);
        if (!before || before.removedAt) return before?.version ?? 0;
        const version = own.nextVersion();
        own.write(Prisma.sql`
          UPDATE saved_message SET version = ${version}::int, note = NULL, removed_at = clock_timestamp()
          WHERE user_id = ${userId}::uuid AND message_id = ${messageId}::uuid`);
        return version;
      });
    },
  };
}

const find = ({ tx, userId }: ViewerTransaction, messageId: string): Promise<SavedMessageRow | null> =>
  tx.savedMessage.findUnique({ where: { userId_messageId: { userId, messageId } } });
