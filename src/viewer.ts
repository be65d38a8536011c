import { UnauthenticatedError } from './errors.ts';

/** The identity that a request shows. */
export type Identity =
  | { is: 'user'; userId: string; expiresAt?: Date; sessionId?: string | null }
  | { is: 'anonymous' }
  /** The token was refused. Resolvers that need the viewer fail with this reason. */
  | { is: 'refused'; reason: string }
  /** A shared execution has no viewer: its result must be the same for all receivers. */
  | { is: 'nobody' };

/** The viewer of an operation. Every decision that depends on the viewer begins here. */
export class Viewer {
  readonly identity: Identity;
  /** Set when a resolver asks for the viewer during a shared execution. The result must then not be shared. */
  asked = false;

  constructor(identity: Identity) {
    this.identity = identity;
  }

  /** The viewer's id, or null for an anonymous one. A refused token is UNAUTHENTICATED. */
  optional(): string | null {
    const { identity } = this;
    if (identity.is === 'nobody') this.asked = true;
    if (identity.is === 'refused') throw new UnauthenticatedError(identity.reason);
    return identity.is === 'user' ? identity.userId : null;
  }

  /** The session of the viewer's token, if the token names one. */
  session(): string | null {
    this.require();
    return this.identity.is === 'user' ? (this.identity.sessionId ?? null) : null;
  }

  /** The viewer's id. Without one the request is UNAUTHENTICATED. */
  require(): string {
    const id = this.optional();
    if (id === null) throw new UnauthenticatedError('Sign in first: send `Authorization: Bearer <access token>`.');
    return id;
  }
}
