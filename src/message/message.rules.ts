import { z } from 'zod';
import { canDeleteOthersMessages, canMentionEveryone } from '../chat/chat.rights.ts';
import type { ChatRole, MessageType } from '../database/generated/client.ts';
import { ForbiddenError, InvalidInputError } from '../errors.ts';
import { limits } from '../limits.ts';
import { isOneLine, json, ONE_LINE, text } from '../validation.ts';

const content = text(limits.messageContent).nullish();
const payload = json(limits.messagePayload).nullish();

export const sendMessageInput = z.object({ content, payload });
export const editMessageInput = z.object({ content, payload });

export interface NewMessage {
  chatId: string;
  type: MessageType;
  content?: string | null | undefined;
  payload?: unknown;
  replyToId?: string | null | undefined;
  mentionedUserIds?: readonly string[] | null | undefined;
  mentionsEveryone?: boolean | null | undefined;
}

/** The number is checked before the ids are decoded. */
export function requireFewMentions(userIds: readonly unknown[]): void {
  if (userIds.length <= limits.mentions) return;
  throw new InvalidInputError('mentionedUserIds', `must name at most ${limits.mentions} users`);
}

export function requireMayMentionEveryone(role: ChatRole, memberCount: number): void {
  if (canMentionEveryone(role, memberCount)) return;
  throw new ForbiddenError(
    `In a chat of more than ${limits.mentionEveryoneMembers} members only the owner and admins mention everyone.`,
  );
}

/** Checks that content and payload fit the type. Only the server writes SYSTEM messages. */
export function requireValidMessage(type: MessageType, message: { content?: unknown; payload?: unknown }): void {
  if (type === 'SYSTEM') throw new InvalidInputError('type', 'SYSTEM messages are the server’s own');
  if (type === 'TEXT' && message.content == null)
    throw new InvalidInputError('content', 'a TEXT message needs content');
  if (type !== 'TEXT' && message.payload == null) {
    throw new InvalidInputError('payload', `a message of type ${type} needs a payload`);
  }
  // By convention the name of the file: `photo\u202Egpj.exe` would be shown as a picture.
  const { name } = (type === 'TEXT' ? {} : message.payload) as { name?: unknown };
  if (typeof name === 'string' && !isOneLine(name)) throw new InvalidInputError('payload.name', ONE_LINE);
}

/** A line about the group cannot be changed, replied to or reacted to. */
export function requireNoGroupLine({ type }: { type: MessageType }): void {
  if (type !== 'SYSTEM') return;
  throw new ForbiddenError('This is a line about the group: it is not edited, deleted or reacted to.');
}

export const canEditMessage = (userId: string, message: { authorId: string }): boolean => message.authorId === userId;
export const canDeleteMessage = (userId: string, role: ChatRole, message: { authorId: string }): boolean =>
  message.authorId === userId || canDeleteOthersMessages(role);
