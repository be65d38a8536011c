const MESSAGE = `fragment M on Message {
  id position revision content isDeleted authorId replyToId
  reactionGroups { count }
}`;

const OWN_STATE = `fragment S on ViewerChatState {
  version asOfPosition readPosition unreadCount mentionCount isMarkedUnread notifications isMuted isPinned isArchived
}`;

const DRAFT = 'fragment D on Draft { version content }';

/**
 * The users whom a message mentions. A page of messages does not select them, because that would exceed the cost limit.
 */
const MENTIONS = 'fragment N on Message { mentionsEveryone mentionedUsers { id } }';

/**
 * A complete chat, so that an item that adds it contains its state. No history has more messages in one chat, and a
 * larger page would exceed the cost limit of a subscription.
 */
const CHAT = `fragment C on Chat {
  id title
  members(first: 4) { edges { node { role user { id } } } }
  messages(last: 48) { edges { node { ...M } } }
}`;

export const EVENTS = `subscription ($since: [ChatPositionInput!], $version: Int!) {
  events(since: $since, viewerStateSince: $version) {
    __typename
    ... on Event { chatId position }
    ... on MessageCreated { message { ...M ...N } }
    ... on MessageEdited { message { ...M ...N } }
    ... on MessageDeleted { message { ...M } deletedBy { id } }
    ... on ReactionAdded { message { ...M } reaction { emoji user { id } } }
    ... on ReactionRemoved { message { ...M } emoji user { id } }
    ... on MemberAdded { chat { ...C } user { id } }
    ... on MemberRemoved { user { id } removedBy { id } }
    ... on ChatAdded { chat { ...C viewerState { ...S } draft { ...D } } }
    ... on ChatUpdated { chat { ...C } }
    ... on ChatReset { chat { ...C viewerState { ...S } draft { ...D } } }
    ... on ChatDeleted { id deletedBy { id } }
    ... on ChatGone { goneChatId: chatId }
    ... on ViewerEvent { version }
    ... on ViewerChatStateChanged { chatId viewerState { ...S } }
    ... on DraftChanged { chatId draft { ...D } }
    ... on SavedMessageChanged { messageId savedMessage { version note } }
    ... on CaughtUp { viewerStateVersion }
  }
} ${CHAT} ${MESSAGE} ${OWN_STATE} ${DRAFT} ${MENTIONS}`;

/** The present chats of a user. */
export const CHATS = `{ chats(first: 20) { edges { node { position viewerState { ...S } draft { ...D } ...C } } } } ${CHAT} ${MESSAGE} ${OWN_STATE} ${DRAFT}`;

/** The user's saved messages. No history saves more than a page. */
export const SAVED = '{ savedMessages(first: 50) { edges { node { messageId version note } } } }';

/** A user's viewer state of one chat. */
export const STATE = `query ($id: ID!) { chat(id: $id) { viewerState { ...S } } } ${OWN_STATE}`;

/** A user's draft in one chat. */
export const DRAFT_OF = `query ($id: ID!) { chat(id: $id) { draft { ...D } } } ${DRAFT}`;

/** The receipts of the members of a user's chats, and the status of each message. */
export const RECEIPTS = `{ chats(first: 20) { edges { node {
  id
  readReceipts { userId readPosition deliveredPosition }
  messages(last: 48) { edges { node { id position authorId status } } }
} } } }`;

const mutation = (name: string, input: string, success: string) =>
  `mutation ($input: ${input}!) { ${name}(input: $input) { __typename ... on Error { code message } ${success} } }`;
const marking = (name: string, input: string) =>
  `${mutation(name, input, '... on ViewerChatState { ...S }')} ${OWN_STATE}`;

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
  markChatRead: marking('markChatRead', 'MarkChatReadInput'),
  markChatUnread: marking('markChatUnread', 'MarkChatUnreadInput'),
  updateChatPreferences: marking('updateChatPreferences', 'UpdateChatPreferencesInput'),
  saveDraft: mutation('saveDraft', 'SaveDraftInput', '... on Draft { version content }'),
  deleteDraft: mutation('deleteDraft', 'DeleteDraftInput', '... on DraftDeleted { version }'),
  saveMessage: mutation('saveMessage', 'SaveMessageInput', '... on SavedMessage { version note }'),
  unsaveMessage: mutation('unsaveMessage', 'UnsaveMessageInput', '... on SavedMessageDeleted { version }'),
  markDelivered: mutation('markDelivered', 'MarkDeliveredInput', '... on MarkedDelivered { occurredAt }'),
};
