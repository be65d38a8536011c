import { z } from 'zod';
import type { Draft as DraftRow } from '../database/generated/client.ts';
import { ConflictError, InvalidInputError } from '../errors.ts';
import { limits } from '../limits.ts';
import { begun } from '../validation.ts';

/** A draft that exists. A deleted one has no content. */
export type Draft = Pick<DraftRow, 'chatId' | 'version' | 'replyToId' | 'updatedAt'> & { content: string };

export const saveDraftInput = z.object({ content: begun(limits.draft) });

export function requireSomething({ content, replyToId }: Pick<Draft, 'content' | 'replyToId'>): void {
  if (content !== '' || replyToId !== null) return;
  throw new InvalidInputError('content', 'must not be empty, unless `replyToId` is set: use `deleteDraft`');
}

/** Throws CONFLICT if the draft has changed since the version that the device knows. */
export function requireKnown(draft: Draft | null, ifVersion: number | null | undefined): void {
  if (!draft || ifVersion == null || draft.version <= ifVersion) return;
  throw new ConflictError(
    `ifVersion: another device has changed the draft, which is now of version ${draft.version}. Read it first.`,
  );
}

export function requireRoomForDraft(count: number): void {
  if (count < limits.drafts) return;
  throw new InvalidInputError('chatId', `at most ${limits.drafts} chats have a draft: delete another one first`);
}
