import type { User } from './generated/client.ts';

/** What others may know of a user: never a hash, nor what names them at an identity provider. */
export type PublicUser = Pick<User, 'id' | 'username' | 'displayName' | 'createdAt'>;
