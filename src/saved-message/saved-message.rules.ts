import { z } from 'zod';
import type { SavedMessage as SavedMessageRow } from '../database/generated/client.ts';
import { InvalidInputError } from '../errors.ts';
import { limits } from '../limits.ts';
import { text } from '../validation.ts';

export type SavedMessage = Pick<SavedMessageRow, 'messageId' | 'version' | 'note' | 'savedAt'>;

/** If the note is absent it stays, and null clears it. */
export const saveMessageInput = z.object({ note: text(limits.note).nullish() });

export function requireRoomToSave(saved: number): void {
  if (saved < limits.savedMessages) return;
  throw new InvalidInputError(
    'messageId',
    `at most ${limits.savedMessages} messages are saved: remove another one first`,
  );
}
