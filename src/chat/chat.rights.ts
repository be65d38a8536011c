// It imports nothing but the limits, so that the web application asks the same questions.
import { limits } from '../limits.ts';

type Kind = 'DIRECT' | 'GROUP';
type Role = 'OWNER' | 'ADMIN' | 'MEMBER';

/** Whether someone may do it, by their role and the kind of chat. Every member may read and send. */
export const canDeleteChat = (kind: Kind, role: Role): boolean => kind === 'DIRECT' || role === 'OWNER';
export const canRename = (role: Role): boolean => role !== 'MEMBER';
export const canAddMembers = (role: Role): boolean => role !== 'MEMBER';
export const canSetRole = (role: Role): boolean => role === 'OWNER';
/** This is about removing others: every member may leave. */
export const canRemoveMember = (role: Role, target: Role): boolean =>
  role === 'OWNER' || (role === 'ADMIN' && target === 'MEMBER');
/** All members of a chat at once. */
export const canMentionEveryone = (role: Role, memberCount: number): boolean =>
  role !== 'MEMBER' || memberCount <= limits.mentionEveryoneMembers;
export const canDeleteOthersMessages = (role: Role): boolean => role !== 'MEMBER';
