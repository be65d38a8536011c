import { viewerStateFields } from '../events/document.ts';

/** `memberCount` decides how often a chat may be marked as read. */
export const viewerStatesDocument = `query ParleyViewerStates($ids: [ID!]!) {
  nodes(ids: $ids) { __typename id ... on Chat { position memberCount viewerState { ...ParleyViewerState } } }
}
${viewerStateFields}`;

const marking = (
  name: 'markChatRead' | 'markChatUnread',
  input: string,
) => `mutation Parley${input}($input: ${input}!) {
  ${name}(input: $input) { __typename ...ParleyViewerState ... on Error { code message } }
}
${viewerStateFields}`;

export const markReadDocument = marking('markChatRead', 'MarkChatReadInput');
export const markUnreadDocument = marking('markChatUnread', 'MarkChatUnreadInput');

export const markAllReadDocument = `mutation ParleyMarkAllChatsRead {
  markAllChatsRead { __typename ... on UnreadSummary { chatCount } ... on Error { code message } }
}`;
