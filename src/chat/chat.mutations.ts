import { show } from '../events/catalogue.ts';
import { builder } from '../graphql/builder.ts';
import { callerOf } from '../graphql/caller.ts';
import { mutationErrors } from '../graphql/errors.ts';
import { rowId } from '../graphql/ids.ts';
import { limits } from '../limits.ts';
import { ChatDeleted, MemberRemoved } from './chat.events.ts';
import { Chat, ChatKind, ChatRole } from './chat.schema.ts';

const CreateChatInput = builder.inputType('CreateChatInput', {
  description: 'A new chat.',
  fields: (t) => ({
    kind: t.field({ type: ChatKind, required: true, description: 'DIRECT or GROUP.' }),
    title: t.string({ description: `1–${limits.chatTitle.characters} characters; none for DIRECT.` }),
    memberIds: t.idList({
      required: true,
      description: `The other members’ user ids, at most ${limits.chatMembers - 1}; for DIRECT exactly one. Repeating one, or naming oneself, has no effect.`,
    }),
  }),
});

const UpdateChatInput = builder.inputType('UpdateChatInput', {
  description: 'A change of a chat.',
  fields: (t) => ({
    chatId: t.id({ required: true, description: 'The GROUP chat.' }),
    title: t.string({ required: true, description: `1–${limits.chatTitle.characters} characters.` }),
  }),
});

const DeleteChatInput = builder.inputType('DeleteChatInput', {
  description: 'The chat to delete.',
  fields: (t) => ({ chatId: t.id({ required: true, description: 'The chat.' }) }),
});

const AddChatMembersInput = builder.inputType('AddChatMembersInput', {
  description: 'Users to add to a chat.',
  fields: (t) => ({
    chatId: t.id({ required: true, description: 'The GROUP chat.' }),
    userIds: t.idList({
      required: true,
      description: `Whom to add. Those who are members already stay as they are. A chat has at most ${limits.chatMembers} members.`,
    }),
  }),
});

const RemoveChatMemberInput = builder.inputType('RemoveChatMemberInput', {
  description: 'A member to remove from a chat.',
  fields: (t) => ({
    chatId: t.id({ required: true, description: 'The GROUP chat.' }),
    userId: t.id({ required: true, description: 'Whom to remove; oneself to leave.' }),
  }),
});

const SetChatMemberRoleInput = builder.inputType('SetChatMemberRoleInput', {
  description: 'A member’s new role.',
  fields: (t) => ({
    chatId: t.id({ required: true, description: 'The GROUP chat.' }),
    userId: t.id({ required: true, description: 'The member.' }),
    role: t.field({
      type: ChatRole,
      required: true,
      description: 'The role. OWNER hands the chat over: the giver stays as ADMIN.',
    }),
  }),
});

builder.mutationFields((t) => ({
  createChat: t.field({
    type: Chat,
    errors: mutationErrors,
    description: 'Makes a chat with the viewer in it. Asking for a DIRECT chat again answers the same chat.',
    args: { input: t.arg({ type: CreateChatInput, required: true, description: 'The new chat.' }) },
    resolve: (_, { input }, context, info) =>
      context.services.chats.create(callerOf(context, info, input), {
        ...input,
        memberIds: input.memberIds.map((id) => rowId('User', id)),
      }),
  }),
  updateChat: t.field({
    type: Chat,
    errors: mutationErrors,
    description: 'Renames a GROUP. For its owner and admins.',
    args: { input: t.arg({ type: UpdateChatInput, required: true, description: 'The change.' }) },
    resolve: (_, { input }, context, info) =>
      context.services.chats.update(callerOf(context, info, input), { ...input, chatId: rowId('Chat', input.chatId) }),
  }),
  deleteChat: t.field({
    type: ChatDeleted,
    errors: mutationErrors,
    description: 'Deletes a chat for everyone. A GROUP’s owner may, and either member of a DIRECT chat.',
    args: { input: t.arg({ type: DeleteChatInput, required: true, description: 'The chat.' }) },
    resolve: async (_, { input }, context, info) =>
      show(await context.services.chats.delete(callerOf(context, info, input), rowId('Chat', input.chatId)), false),
  }),
  addChatMembers: t.field({
    type: Chat,
    errors: mutationErrors,
    description: 'Adds users to a GROUP. For its owner and admins.',
    args: { input: t.arg({ type: AddChatMembersInput, required: true, description: 'Whom to add.' }) },
    resolve: (_, { input }, context, info) =>
      context.services.members.add(callerOf(context, info, input), {
        chatId: rowId('Chat', input.chatId),
        userIds: input.userIds.map((id) => rowId('User', id)),
      }),
  }),
  removeChatMember: t.field({
    type: MemberRemoved,
    errors: mutationErrors,
    description:
      'Removes a member from a GROUP, or leaves it. Admins remove members, the owner also admins. An owner who leaves hands over to the longest-standing admin, else member; the last one to leave deletes the chat.',
    args: { input: t.arg({ type: RemoveChatMemberInput, required: true, description: 'Whom to remove.' }) },
    resolve: async (_, { input }, context, info) => {
      const caller = callerOf(context, info, input);
      const member = { chatId: rowId('Chat', input.chatId), userId: rowId('User', input.userId) };
      return show(await context.services.members.remove(caller, member), true);
    },
  }),
  setChatMemberRole: t.field({
    type: Chat,
    errors: mutationErrors,
    description: 'Gives a member of a GROUP another role. For its owner.',
    args: { input: t.arg({ type: SetChatMemberRoleInput, required: true, description: 'The new role.' }) },
    resolve: (_, { input }, context, info) =>
      context.services.members.setRole(callerOf(context, info, input), {
        chatId: rowId('Chat', input.chatId),
        userId: rowId('User', input.userId),
        role: input.role,
      }),
  }),
}));
