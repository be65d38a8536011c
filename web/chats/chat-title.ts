import type { ChatSummaryFragment, UserNameFragment } from '../gql/graphql.ts';
import type { Texts } from '../language/en.ts';

/** The other member of a direct chat. */
export function partner(chat: ChatSummaryFragment, viewer: UserNameFragment): UserNameFragment | undefined {
  if (chat.kind !== 'DIRECT') return undefined;
  return chat.pair.edges.map(({ node }) => node.user).find((user) => user.id !== viewer.id);
}

export function chatTitle(chat: ChatSummaryFragment, viewer: UserNameFragment, texts: Texts): string {
  return chat.title ?? partner(chat, viewer)?.displayName ?? texts.chats.untitled;
}
