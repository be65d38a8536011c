import { toStreamItem } from '../log/event-types.ts';
import { builder } from '../graphql/builder.ts';
import { mutate } from '../graphql/caller.ts';
import { MUTATION_COST } from '../graphql/cost.ts';
import { mutationErrors } from '../graphql/errors.ts';
import { rowId } from '../graphql/ids.ts';
import { byRule } from '../graphql/inputs.ts';
import { limits } from '../limits.ts';
import { ChatDeleted, MemberRemoved } from './chat.events.ts';
import { Chat, ChatKind, ChatRole } from './chat.schema.ts';

const CreateChatInput = builder.inputType('CreateChatInput', {
  description: 'A new chat.',
  fields: (t) => ({
    kind: t.field({ type: ChatKind, required: true, description: 'DIRECT or GROUP.' }),
    title: t.string({
      description: `1–${limits.chatTitle.characters} characters; none for DIRECT.`,
      extensions: byRule(limits.chatTitle),
    }),
    memberIds: t.idList({
      required: true,
      description: `The other members’ user ids, at most ${limits.chatMembers - 1}; for DIRECT exactly one. Repeating one, or naming oneself, has no effect.`,
      extensions: { size: { items: limits.chatMembers } },
    }),
  }),
});

const UpdateChatInput = builder.inputType('UpdateChatInput', {
  description: 'A change of a chat.',
  fields: (t) => ({
    chatId: t.id({ required: true, description: 'The GROUP chat.' }),
    title: t.string({
      required: true,
      description: `1–${limits.chatTitle.characters} characters.`,
      extensions: byRule(limits.chatTitle),
    }),
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
      description: `The users to add, at most ${limits.chatMembers}; present members stay as they are. A chat has at most ${limits.chatMembers} members.`,
      extensions: { size: { items: limits.chatMembers } },
    }),
  }),
});

const RemoveChatMemberInput = builder.inputType('RemoveChatMemberInput', {
  description: 'A member to remove from a chat.',
  fields: (t) => ({
    chatId: t.id({ required: true, description: 'The GROUP chat.' }),
    userId: t.id({ required: true, description: 'The user to remove; the viewer themselves to leave.' }),
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
      description: 'The role. OWNER hands the chat over, and the viewer becomes an ADMIN.',
    }),
  }),
});

/** A row is written for each member. */
const costOfMembers = (input: unknown, name: 'memberIds' | 'userIds'): number => {
  const ids = (input as Record<string, unknown> | null | undefined)?.[name];
  return MUTATION_COST + MEMBER_COST * (Array.isArray(ids) ? ids.length : 1);
};
const MEMBER_COST = 4;

builder.mutationFields((t) => ({
  createChat: t.field({
    type: Chat,
    errors: mutationErrors,
    extensions: { cost: { self: ({ input }) => costOfMembers(input, 'memberIds') } },
    description: 'Creates a chat with the viewer in it. Creating a DIRECT chat again returns the same chat.',
    args: { input: t.arg({ type: CreateChatInput, required: true, description: 'The new chat.' }) },
    resolve: (_, { input }, context, info) =>
      mutate(context, info, input, (caller) =>
        context.services.chats.create(caller, {
          ...input,
          memberIds: input.memberIds.map((id) => rowId('User', id)),
        }),
      ),
  }),
  updateChat: t.field({
    type: Chat,
    errors: mutationErrors,
    description: 'Renames a GROUP. For its owner and admins.',
    args: { input: t.arg({ type: UpdateChatInput, required: true, description: 'The change.' }) },
    resolve: (_, { input }, context, info) =>
      mutate(context, info, input, (caller) =>
        context.services.chats.update(caller, { ...input, chatId: rowId('Chat', input.chatId) }),
      ),
  }),
  deleteChat: t.field({
    type: ChatDeleted,
    errors: mutationErrors,
    description: 'Deletes a chat for everyone. For the owner of a GROUP, and for both members of a DIRECT chat.',
    args: { input: t.arg({ type: DeleteChatInput, required: true, description: 'The chat.' }) },
    resolve: async (_, { input }, context, info) =>
      toStreamItem(
        await mutate(context, info, input, (caller) =>
          context.services.chats.delete(caller, rowId('Chat', input.chatId)),
        ),
        false,
      ),
  }),
  addChatMembers: t.field({
    type: Chat,
    errors: mutationErrors,
    extensions: { cost: { self: ({ input }) => costOfMembers(input, 'userIds') } },
    description: 'Adds users to a GROUP. For its owner and admins.',
    args: { input: t.arg({ type: AddChatMembersInput, required: true, description: 'The users to add.' }) },
    resolve: (_, { input }, context, info) =>
      mutate(context, info, input, (caller) =>
        context.services.members.add(caller, {
          chatId: rowId('Chat', input.chatId),
          userIds: input.userIds.map((id) => rowId('User', id)),
        }),
      ),
  }),
  removeChatMember: t.field({
    type: MemberRemoved,
    errors: mutationErrors,
    description:
      'Removes a member from a GROUP, or leaves it. Admins may remove members, and the owner also admins. If the owner leaves, the longest-standing admin, else member, becomes the owner. If the last member leaves, the chat is deleted.',
    args: { input: t.arg({ type: RemoveChatMemberInput, required: true, description: 'The member to remove.' }) },
    resolve: async (_, { input }, context, info) => {
      const removed = await mutate(context, info, input, (caller) =>
        context.services.members.remove(caller, {
          chatId: rowId('Chat', input.chatId),
          userId: rowId('User', input.userId),
        }),
      );
      return toStreamItem(removed, true);
    },
  }),
  setChatMemberRole: t.field({
    type: Chat,
    errors: mutationErrors,
    description: 'Gives a member of a GROUP another role. For its owner.',
    args: { input: t.arg({ type: SetChatMemberRoleInput, required: true, description: 'The new role.' }) },
    resolve: (_, { input }, context, info) =>
      mutate(context, info, input, (caller) =>
        context.services.members.setRole(caller, {
          chatId: rowId('Chat', input.chatId),
          userId: rowId('User', input.userId),
          role: input.role,
        }),
      ),
  }),
}));
