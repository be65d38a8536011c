import { Prisma } from '../database/generated/client.ts';
import type { Page, TimeKey } from '../database/page.ts';
import type { Statement } from '../database/statement.ts';
import { NotFoundError } from '../errors.ts';
import { presentMembers } from '../log/membership.ts';
import type { MutationRunner } from '../log/mutation-runner.ts';
import { openViewerChat } from '../log/open-viewer-chat.ts';
import type { ViewerChat } from '../read-state/read-state.loaders.ts';
import { parse } from '../validation.ts';
import type { ViewerTransaction } from '../viewer-state/viewer-transaction.ts';
import { listDrafts } from './draft.loaders.ts';
import { requireKnown, requireRoomForDraft, requireSomething, saveDraftInput, type Draft } from './draft.rules.ts';

interface NewDraft extends ViewerChat {
  content: string;
  replyToId: string | null;
  /** The newest version of the draft that the device knows. */
  ifVersion: number | null | undefined;
}

export function createDraftService({ statement, mutations }: { statement: Statement; mutations: MutationRunner }) {
  return {
    list: (userId: string, page: Page<TimeKey>) => listDrafts(statement, userId, page),

    /** Saving the same content again changes nothing, whichever version the device knows. */
    async save({ userId, chatId, replyToId, ifVersion, ...input }: NewDraft): Promise<Draft> {
      const { content } = parse(saveDraftInput, input);
      requireSomething({ content, replyToId });
      return mutations.ofViewer(userId, async (own) => {
        const { now } = await openViewerChat(own, chatId);
        if (replyToId !== null) await requireMessage(own, chatId, replyToId);
        const before = await find(own, chatId);
        if (before?.content === content && before.replyToId === replyToId) return before;
        requireKnown(before, ifVersion);
        if (!before) requireRoomForDraft(await count(own));
        const draft = { chatId, version: own.nextVersion(), content, replyToId, updatedAt: now };
        own.write(write(userId, draft));
        return draft;
      });
    },

    /** Returns the version of the deletion. If there was no draft, it is the version of the last change, or 0. */
    async delete({ userId, chatId, ifVersion }: Pick<NewDraft, 'userId' | 'chatId' | 'ifVersion'>): Promise<number> {
      return mutations.ofViewer(userId, async (own) => {
        const { now } = await openViewerChat(own, chatId);
        const before = await find(own, chatId);
        if (!before) {
          const deleted = await own.tx.draft.findUnique({ where: { userId_chatId: { userId, chatId } } });
          return deleted?.version ?? 0;
        }
        requireKnown(before, ifVersion);
        const version = own.nextVersion();
        own.write(write(userId, { chatId, version, content: null, replyToId: null, updatedAt: now }));
        return version;
      });
    },
  };
}

async function find({ tx, userId }: ViewerTransaction, chatId: string): Promise<Draft | null> {
  const row = await tx.draft.findUnique({ where: { userId_chatId: { userId, chatId } } });
  return row?.content == null ? null : { ...row, content: row.content };
}

async function requireMessage({ tx }: ViewerTransaction, chatId: string, messageId: string): Promise<void> {
  const found = await tx.message.count({ where: { id: messageId, chatId } });
  if (found === 0) throw new NotFoundError('replyToId: no message of this chat has this id.');
}

/** Counts the user's drafts. Drafts in chats that the user has left, or that are deleted, do not count. */
async function count({ tx, userId }: ViewerTransaction): Promise<number> {
  const [row] = await tx.$queryRaw<[{ count: number }]>`
    SELECT count(*)::int AS count FROM draft d JOIN ${presentMembers} ON m.chat_id = d.chat_id AND m.user_id = d.user_id
    WHERE d.user_id = ${userId}::uuid AND d.content IS NOT NULL`;
  return row.count;
}

const write = (userId: string, draft: Omit<Draft, 'content'> & { content: string | null }) => Prisma.sql`
  INSERT INTO draft (user_id, chat_id, version, content, reply_to_id, updated_at)
  VALUES (${userId}::uuid, ${draft.chatId}::uuid, ${draft.version}::int, ${draft.content}::text,
          ${draft.replyToId}::uuid, ${draft.updatedAt}::timestamptz)
  ON CONFLICT (user_id, chat_id) DO UPDATE SET
    version = excluded.version, content = excluded.content, reply_to_id = excluded.reply_to_id,
    updated_at = excluded.updated_at`;
