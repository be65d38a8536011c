import type { ViewerState } from '../read-state/unread.ts';

/** The messages and chats that a result shows, at any depth. */
export interface Shown {
  messages: ShownMessage[];
  chats: ShownChat[];
  viewerStates: ViewerState[];
}

export interface ShownMessage {
  __typename: 'Message';
  id: string;
  revision: number;
}

interface ShownChat {
  __typename: 'Chat';
  id: string;
  position: number;
  memberCount?: number;
}

export function shownIn(answer: unknown): Shown {
  const shown: Shown = { messages: [], chats: [], viewerStates: [] };
  visit(answer, shown);
  return shown;
}

function visit(value: unknown, shown: Shown): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const element of value) visit(element, shown);
    return;
  }
  if (isMessage(value)) shown.messages.push(value);
  if (isChat(value)) shown.chats.push(value);
  if (isViewerState(value)) shown.viewerStates.push(value);
  for (const child of Object.values(value)) visit(child, shown);
}

export function isMessage(value: object): value is ShownMessage {
  return '__typename' in value && value.__typename === 'Message' && 'id' in value && 'revision' in value;
}

/** The fields of a viewer state that the kit compares and counts by. A state that lacks one of them is ignored. */
const OF_STATE = ['chatId', 'version', 'asOfPosition', 'readPosition', 'unreadCount', 'isMarkedUnread'];

function isViewerState(value: object): value is ViewerState {
  return '__typename' in value && value.__typename === 'ViewerChatState' && OF_STATE.every((field) => field in value);
}

function isChat(value: object): value is ShownChat {
  return '__typename' in value && value.__typename === 'Chat' && 'id' in value && 'position' in value;
}
