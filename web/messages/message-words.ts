import type { LastMessageFragment } from '../gql/graphql.ts';
import type { Texts } from '../language/en.ts';

/** A message as one line of text. */
export function messageWords(message: Pick<LastMessageFragment, 'isDeleted' | 'content'>, texts: Texts): string {
  if (message.isDeleted) return texts.chats.deletedMessage;
  return message.content?.replace(/\s+/g, ' ') ?? texts.messages.attachment;
}
