import type { TestUser } from './app.ts';

const STATE =
  'chatId version asOfPosition readPosition unreadCount mentionCount isMarkedUnread notifications isMuted mutedUntil isArchived isPinned isHidden';
const ERROR = '... on Error { code message } ... on InvalidInputError { field }';
const SUMMARY = 'chatCount mutedChatCount mentionChatCount';

export interface ViewerChatState {
  chatId: string;
  version: number;
  asOfPosition: number;
  readPosition: number;
  unreadCount: number;
  mentionCount: number;
  isMarkedUnread: boolean;
  isMuted: boolean;
  mutedUntil: string | null;
}

const VIEWER_STATE = `query ($id: ID!) { chat(id: $id) { viewerState { ${STATE} } } }`;

/** A user's viewer state of one of their chats. */
export async function viewerState(user: TestUser, { id }: { id: string }): Promise<ViewerChatState> {
  const chat = await user.ask<{ viewerState: ViewerChatState } | null>(VIEWER_STATE, { id });
  if (!chat) throw new Error('not a member');
  return chat.viewerState;
}

const marking = (name: 'markChatRead' | 'markChatUnread', user: TestUser, input: object) =>
  user.ask<ViewerChatState & { code?: string }>(
    `mutation ($input: ${name[0]!.toUpperCase()}${name.slice(1)}Input!) {
      ${name}(input: $input) { __typename ... on ViewerChatState { ${STATE} } ${ERROR} } }`,
    { input },
  );

export const markRead = (user: TestUser, { id }: { id: string }, position: number, ifVersion?: number) =>
  marking('markChatRead', user, { chatId: id, position, ...(ifVersion !== undefined && { ifVersion }) });

export const markUnread = (user: TestUser, { id }: { id: string }, position: number) =>
  marking('markChatUnread', user, { chatId: id, position });

export const markAllRead = (user: TestUser) =>
  user.ask(`mutation { markAllChatsRead { ... on UnreadSummary { ${SUMMARY} } ${ERROR} } }`);

export const unreadSummary = (user: TestUser) => user.ask(`{ unreadSummary { ${SUMMARY} } }`);

export const markDelivered = (user: TestUser, ...positions: [chat: { id: string }, position: number][]) =>
  user.ask(`mutation ($input: MarkDeliveredInput!) { markDelivered(input: $input) { __typename ${ERROR} } }`, {
    input: { positions: positions.map(([{ id: chatId }, position]) => ({ chatId, position })) },
  });

interface Receipt {
  userId: string;
  readPosition: number;
  deliveredPosition: number;
}

/** The receipts of the members of a chat, as this member sees them. */
export async function receipts(user: TestUser, { id }: { id: string }): Promise<Receipt[]> {
  const { readReceipts } = await user.ask<{ readReceipts: Receipt[] }>(
    'query ($id: ID!) { chat(id: $id) { readReceipts { userId readPosition deliveredPosition } } }',
    { id },
  );
  return readReceipts;
}

/** Changes a user's preferences for a chat. Returns them, or the error. */
export const keep = (user: TestUser, { id }: { id: string }, change: object) =>
  user.ask<ViewerChatState & { code?: string }>(
    `mutation ($input: UpdateChatPreferencesInput!) {
      updateChatPreferences(input: $input) { __typename ... on ViewerChatState { ${STATE} } ${ERROR} } }`,
    { input: { chatId: id, ...change } },
  );

const SETTINGS = 'version defaultNotifications sendsReadReceipts sharesPresence whoMayContact';

export const settings = (user: TestUser) => user.ask(`{ viewerSettings { ${SETTINGS} } }`);

export const updateSettings = (user: TestUser, input: object) =>
  user.ask(
    `mutation ($input: UpdateViewerSettingsInput!) {
      updateViewerSettings(input: $input) { __typename ... on ViewerSettings { ${SETTINGS} } ${ERROR} } }`,
    { input },
  );
