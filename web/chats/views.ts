import type { ChatFilter, ChatsQuery } from '../gql/graphql.ts';

export type ListedChat = ChatsQuery['chats']['edges'][number]['node'];

export const views = ['all', 'unread', 'archived'] as const;
export type View = (typeof views)[number];

/** The chats of a view that need not be on the loaded pages of the list: of all chats, the pinned ones. */
export const filters: Readonly<Record<View, ChatFilter>> = {
  all: { isPinned: true },
  unread: { isUnread: true, isArchived: false },
  archived: { isArchived: true },
};

/** Whether the chat is out of sight: senders do not change that it is hidden, so its next message ends it here. */
function isHidden({ viewerState, lastMessage }: ListedChat): boolean {
  return viewerState?.isHidden === true && (lastMessage?.position ?? 0) <= viewerState.asOfPosition;
}

const isUnread = ({ viewerState }: ListedChat): boolean =>
  viewerState !== null && (viewerState.unreadCount > 0 || viewerState.isMarkedUnread);

/** The chat that is open stays where it is while it is read. */
function isIn(view: View, chat: ListedChat, openChatId: string | null): boolean {
  if (isHidden(chat)) return false;
  const isArchived = chat.viewerState?.isArchived === true;
  if (view === 'archived') return isArchived;
  return !isArchived && (view === 'all' || isUnread(chat) || chat.id === openChatId);
}

/** The pinned chats of the view, newest pin first, and the others, latest activity first. `pins` are the known ones. */
export function sections(
  view: View,
  chats: readonly ListedChat[],
  pins: readonly string[],
  openChatId: string | null,
): { pinned: ListedChat[]; others: ListedChat[] } {
  const shown = [...new Map(chats.map((chat) => [chat.id, chat])).values()]
    .filter((chat) => isIn(view, chat, openChatId))
    .sort((a, b) => (a.lastActivityAt < b.lastActivityAt ? 1 : -1));
  const isPinned = (chat: ListedChat) => view === 'all' && chat.viewerState?.isPinned === true;
  return {
    // One that was pinned a moment ago is not among the known ones yet, and comes first.
    pinned: shown.filter(isPinned).sort((a, b) => pins.indexOf(a.id) - pins.indexOf(b.id)),
    others: shown.filter((chat) => !isPinned(chat)),
  };
}
