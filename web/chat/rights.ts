import type { ChatKind, ChatMembersFragment, ChatRole } from '../gql/graphql.ts';

// The server decides. These only keep what it would refuse out of the menus.

export type Member = ChatMembersFragment['members']['edges'][number]['node'];

const manages = (role: ChatRole | undefined) => role === 'OWNER' || role === 'ADMIN';

export const canManageGroup = (kind: ChatKind, role: ChatRole | undefined) => kind === 'GROUP' && manages(role);

export const canRemoveMember = (kind: ChatKind, role: ChatRole | undefined, member: Member) =>
  kind === 'GROUP' && (role === 'OWNER' ? member.role !== 'OWNER' : role === 'ADMIN' && member.role === 'MEMBER');

export const canSetRoles = (kind: ChatKind, role: ChatRole | undefined) => kind === 'GROUP' && role === 'OWNER';

export const canDeleteChat = (kind: ChatKind, role: ChatRole | undefined) => kind === 'DIRECT' || role === 'OWNER';

export const canLeave = (kind: ChatKind) => kind === 'GROUP';

export const canDeleteOthersMessages = (role: ChatRole | undefined) => manages(role);
