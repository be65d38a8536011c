import * as rights from '../../src/chat/chat.rights.ts';
import type { ChatKind, ChatMembersFragment, ChatRole } from '../gql/graphql.ts';

// The server decides, by the same rules. These functions only keep actions that it would refuse out of the menus. A
// user whose role is not known yet counts as a member without rights.

export type Member = ChatMembersFragment['members']['edges'][number]['node'];

type Viewer = ChatRole | undefined;

export const canManageGroup = (kind: ChatKind, role: Viewer = 'MEMBER') =>
  kind === 'GROUP' && rights.canAddMembers(role);

export const canRemoveMember = (kind: ChatKind, role: Viewer = 'MEMBER', member: Member) =>
  kind === 'GROUP' && member.role !== 'OWNER' && rights.canRemoveMember(role, member.role);

export const canSetRoles = (kind: ChatKind, role: Viewer = 'MEMBER') => kind === 'GROUP' && rights.canSetRole(role);

export const canDeleteChat = (kind: ChatKind, role: Viewer = 'MEMBER') => rights.canDeleteChat(kind, role);

export const canLeave = (kind: ChatKind) => kind === 'GROUP';

export const canMentionEveryone = (role: Viewer = 'MEMBER', memberCount: number) =>
  rights.canMentionEveryone(role, memberCount);

export const canDeleteOthersMessages = (role: Viewer = 'MEMBER') => rights.canDeleteOthersMessages(role);
