const MESSAGE = `fragment M on Message {
  id position revision content isDeleted authorId replyToId
  reactions { emoji user { id } }
}`;

/** A chat whole, so that an item that introduces it brings its state along. */
const CHAT = `fragment C on Chat {
  id title
  members(first: 4) { edges { node { role user { id } } } }
  messages(last: 40) { edges { node { ...M } } }
}`;

export const EVENTS = `subscription ($since: [ChatPositionInput!]) {
  events(since: $since) {
    __typename
    ... on Event { chatId position }
    ... on MessageCreated { message { ...M } }
    ... on MessageEdited { message { ...M } }
    ... on MessageDeleted { message { ...M } deletedBy { id } }
    ... on ReactionAdded { message { ...M } reaction { emoji user { id } } }
    ... on ReactionRemoved { message { ...M } emoji user { id } }
    ... on MemberAdded { chat { ...C } user { id } }
    ... on MemberRemoved { user { id } removedBy { id } }
    ... on ChatAdded { chat { ...C } }
    ... on ChatUpdated { chat { ...C } }
    ... on ChatReset { chat { ...C } }
    ... on ChatDeleted { id deletedBy { id } }
    ... on ChatGone { goneChatId: chatId }
  }
} ${CHAT} ${MESSAGE}`;

export const CHATS = `{ chats(first: 20) { edges { node { position ...C } } } } ${CHAT} ${MESSAGE}`;

const mutation = (name: string, input: string, success: string) =>
  `mutation ($input: ${input}!) { ${name}(input: $input) { __typename ... on Error { code message } ${success} } }`;

export const mutations = {
  createChat: mutation('createChat', 'CreateChatInput', '... on Chat { id }'),
  updateChat: mutation('updateChat', 'UpdateChatInput', '... on Chat { id }'),
  deleteChat: mutation('deleteChat', 'DeleteChatInput', '... on ChatDeleted { id }'),
  addChatMembers: mutation('addChatMembers', 'AddChatMembersInput', '... on Chat { id }'),
  removeChatMember: mutation('removeChatMember', 'RemoveChatMemberInput', '... on MemberRemoved { position }'),
  setChatMemberRole: mutation('setChatMemberRole', 'SetChatMemberRoleInput', '... on Chat { id }'),
  sendMessage: mutation('sendMessage', 'SendMessageInput', '... on Message { id position }'),
  editMessage: mutation('editMessage', 'EditMessageInput', '... on Message { id revision }'),
  deleteMessage: mutation('deleteMessage', 'DeleteMessageInput', '... on Message { id revision }'),
  addReaction: mutation('addReaction', 'ReactionInput', '... on Message { id revision }'),
  removeReaction: mutation('removeReaction', 'ReactionInput', '... on Message { id revision }'),
};
