/* The documents of the small app. */

export const CHAT = `query OpenChat($id: ID!, $before: String) {
  chat(id: $id) {
    __typename id title position lastActivityAt
    messages(last: 5, before: $before) {
      edges { cursor node { __typename id chatId authorId type content replyToId createdAt position revision isDeleted } }
      pageInfo { hasPreviousPage hasNextPage startCursor endCursor }
    }
  }
}`;

export const STATE = `query State($id: ID!) {
  chat(id: $id) {
    __typename id position
    viewerState { __typename chatId version asOfPosition readPosition unreadCount isMarkedUnread }
  }
}`;

export const CHATS = `query Chats($first: Int, $after: String) {
  chats(first: $first, after: $after) {
    edges { cursor node {
      __typename id title position lastActivityAt
      lastMessage { __typename id chatId authorId content position revision }
    } }
    pageInfo { hasNextPage endCursor }
  }
}`;

export const SEND = `mutation Send($input: SendMessageInput!) {
  sendMessage(input: $input) {
    __typename
    ... on Message { id chatId authorId type content replyToId createdAt position revision isDeleted }
    ... on Error { code message }
  }
}`;

export const DELETE = `mutation Delete($input: DeleteChatInput!) {
  deleteChat(input: $input) { __typename ... on ChatDeleted { id chatId position } ... on Error { code message } }
}`;

export const CREATE = `mutation Create($input: CreateChatInput!) {
  createChat(input: $input) {
    __typename
    ... on Chat { id title position lastActivityAt lastMessage { __typename id content position revision } }
    ... on Error { code message }
  }
}`;
