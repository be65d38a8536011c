import { z } from 'zod';
import type { ChatKind, ChatRole } from '../database/generated/client.ts';
import { InvalidInputError } from '../errors.ts';
import { limits } from '../limits.ts';
import { line } from '../validation.ts';

const title = line(limits.chatTitle);

export const createChatInput = z
  .object({ kind: z.enum(['DIRECT', 'GROUP']), title: title.nullish() })
  .refine(({ kind, title }) => kind === 'GROUP' || title == null, { path: ['title'], error: 'a DIRECT chat has none' });
export const updateChatInput = z.object({ title });

export function requireGroup(kind: ChatKind): void {
  if (kind === 'DIRECT') {
    throw new InvalidInputError('chatId', 'names a direct chat, which keeps its two members and has no title or roles');
  }
}

/** The next owner after the owner has left: the longest-standing admin, else member. Undefined in an empty chat. */
export function nextOwner<T extends { role: ChatRole; joinedPosition: number; userId: string }>(
  others: readonly T[],
): T | undefined {
  const rank = (member: T) => (member.role === 'ADMIN' ? 0 : 1);
  return others.toSorted(
    (a, b) => rank(a) - rank(b) || a.joinedPosition - b.joinedPosition || (a.userId < b.userId ? -1 : 1),
  )[0];
}

/** The key under which a direct chat of two users is unique. */
export const directPair = (a: string, b: string): string => [a, b].toSorted().join(':');
