import { draftFields } from '../drafts/documents.ts';

/** The fields that most chat applications show. An app with other needs passes its own document. */
export const userFields = 'fragment ParleyUser on User { __typename id username displayName }';

export const messageFields = `fragment ParleyMessage on Message {
  __typename id chatId author { ...ParleyUser } authorId type content payload status createdAt updatedAt replyToId
  position revision isDeleted deletedAt
  mentionedUsers { ...ParleyUser } mentionsEveryone
  reactionGroups { __typename emoji count }
}`;

export const chatFields = `fragment ParleyChat on Chat {
  __typename id kind title createdAt updatedAt position lastActivityAt memberCount lastMessage { ...ParleyMessage }
}`;

/**
 * The viewer's own state of a chat. A live document selects it only in items for the viewer alone, or that add a chat.
 */
export const viewerStateFields = `fragment ParleyViewerState on ViewerChatState {
  __typename chatId version asOfPosition readPosition unreadCount mentionCount isMarkedUnread
  notifications isMuted mutedUntil isArchived isPinned isHidden
}`;

export const eventsDocument = `subscription ParleyEvents($since: [ChatPositionInput!], $viewerStateSince: Int) {
  events(since: $since, viewerStateSince: $viewerStateSince) {
    __typename
    occurredAt
    ... on Event { chatId position }
    ... on MessageCreated { message { ...ParleyMessage } }
    ... on MessageEdited { message { ...ParleyMessage } }
    ... on MessageDeleted { message { ...ParleyMessage } deletedBy { ...ParleyUser } }
    ... on ReactionAdded {
      message { ...ParleyMessage }
      reaction { __typename id emoji user { ...ParleyUser } messageId createdAt }
    }
    ... on ReactionRemoved { message { ...ParleyMessage } emoji user { ...ParleyUser } }
    ... on MemberAdded { chat { ...ParleyChat } user { ...ParleyUser } role }
    ... on MemberRemoved { user { ...ParleyUser } removedBy { ...ParleyUser } }
    ... on ChatAdded { chat { ...ParleyChat viewerState { ...ParleyViewerState } } }
    ... on ChatUpdated { chat { ...ParleyChat } }
    ... on ChatDeleted { id deletedBy { ...ParleyUser } }
    ... on ChatReset { chat { ...ParleyChat viewerState { ...ParleyViewerState } } }
    ... on ChatGone { chatId }
    ... on ViewerEvent { version }
    ... on ViewerChatStateChanged { chatId viewerState { ...ParleyViewerState } }
    ... on BlockChanged { userId isBlocked }
    ... on DraftChanged { chatId draft { ${draftFields} } }
    ... on CaughtUp { viewerStateVersion }
  }
}
${chatFields}
${messageFields}
${userFields}
${viewerStateFields}`;

export const sendMessageDocument = `mutation ParleySendMessage($input: SendMessageInput!) {
  sendMessage(input: $input) { __typename ...ParleyMessage ... on Error { code message } }
}
${messageFields}
${userFields}`;
