/** What most chats show. An app with other needs passes its own document. */
export const userFields = 'fragment ParleyUser on User { __typename id username displayName }';

export const messageFields = `fragment ParleyMessage on Message {
  __typename id chatId author { ...ParleyUser } authorId type content payload status createdAt updatedAt replyToId
  position revision isDeleted deletedAt
  reactions { __typename id emoji user { ...ParleyUser } messageId createdAt }
}`;

export const chatFields = `fragment ParleyChat on Chat {
  __typename id kind title createdAt updatedAt position lastActivityAt lastMessage { ...ParleyMessage }
}`;

export const eventsDocument = `subscription ParleyEvents($since: [ChatPositionInput!]) {
  events(since: $since) {
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
    ... on ChatAdded { chat { ...ParleyChat } }
    ... on ChatUpdated { chat { ...ParleyChat } }
    ... on ChatDeleted { id deletedBy { ...ParleyUser } }
    ... on ChatReset { chat { ...ParleyChat } }
    ... on ChatGone { chatId }
  }
}
${chatFields}
${messageFields}
${userFields}`;

export const sendMessageDocument = `mutation ParleySendMessage($input: SendMessageInput!) {
  sendMessage(input: $input) { __typename ...ParleyMessage ... on Error { code message } }
}
${messageFields}
${userFields}`;
