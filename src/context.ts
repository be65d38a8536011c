import type { ChatGate } from './chat/chat.gate.ts';
import type { ChatService } from './chat/chat.service.ts';
import type { MemberService } from './chat/member.service.ts';
import type { Loaders } from './loaders.ts';
import type { MessageService } from './message/message.service.ts';
import type { ReactionService } from './reaction/reaction.service.ts';
import type { SessionService } from './session/session.service.ts';
import type { StreamService } from './stream/stream.service.ts';
import type { UserService } from './user/user.service.ts';
import { UnauthenticatedError } from './errors.ts';

export interface Services {
  session: SessionService;
  users: UserService;
  gate: ChatGate;
  chats: ChatService;
  members: MemberService;
  messages: MessageService;
  reactions: ReactionService;
  streams: StreamService;
}

/** Who asks, as far as a request tells. */
export type Identity =
  | { is: 'user'; userId: string; expiresAt?: Date }
  | { is: 'anonymous' }
  /** The token was refused: whoever asks for the viewer is told why. */
  | { is: 'refused'; reason: string }
  /** A shared execution belongs to nobody: its result must be the same for all who get it. */
  | { is: 'nobody' };

/** The viewer of an operation. Every decision that depends on who asks begins with asking here. */
export class Viewer {
  readonly identity: Identity;
  /** Whether a shared execution asked for a viewer: then its result is nobody's to share. */
  asked = false;

  constructor(identity: Identity) {
    this.identity = identity;
  }

  /** The viewer's id, or null for an anonymous one. A refused token is UNAUTHENTICATED. */
  get idOrNull(): string | null {
    const { identity } = this;
    if (identity.is === 'nobody') this.asked = true;
    if (identity.is === 'refused') throw new UnauthenticatedError(identity.reason);
    return identity.is === 'user' ? identity.userId : null;
  }

  /** The viewer's id. Without one the request is UNAUTHENTICATED. */
  get id(): string {
    const id = this.idOrNull;
    if (id === null) throw new UnauthenticatedError('Sign in first: send `Authorization: Bearer <access token>`.');
    return id;
  }
}

/** The `Idempotency-Key` of a request, and whether one of its mutations was answered from an earlier one. */
export interface Idempotency {
  key: string | null;
  /** Whether a mutation without a key is refused. */
  required: boolean;
  replayed: boolean;
}

/** What resolvers know. It lives for one operation, or for the events of a subscription that are executed together. */
export interface Context {
  readonly viewer: Viewer;
  readonly idempotency: Idempotency;
  readonly loaders: Loaders;
  readonly services: Services;
}
