import { z } from 'zod';
import type { ChatRole, MessageType } from '../database/generated/client.ts';
import { InvalidInputError } from '../errors.ts';
import { limits } from '../limits.ts';
import { json, text } from '../validation.ts';

const content = text(limits.messageContent).nullish();
const payload = json(limits.messagePayload).nullish();

export const sendMessageInput = z.object({ content, payload });
export const editMessageInput = z.object({ content, payload });

/** What a message holds must suit its type. SYSTEM messages are the server's own. */
export function requireValidMessage(type: MessageType, message: { content?: unknown; payload?: unknown }): void {
  if (type === 'SYSTEM') throw new InvalidInputError('type', 'SYSTEM messages are the server’s own');
  if (type === 'TEXT' && message.content == null)
    throw new InvalidInputError('content', 'a TEXT message needs content');
  if (type !== 'TEXT' && message.payload == null) {
    throw new InvalidInputError('payload', `a message of type ${type} needs a payload`);
  }
}

export const canEditMessage = (userId: string, message: { authorId: string }): boolean => message.authorId === userId;
export const canDeleteMessage = (userId: string, role: ChatRole, message: { authorId: string }): boolean =>
  message.authorId === userId || role !== 'MEMBER';
