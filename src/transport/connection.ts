import { WebSocket } from 'ws';
import type { Identity } from '../viewer.ts';
import type { LiveSessions } from '../session/live-sessions.ts';
import type { Identified } from '../session/session.service.ts';
import { expiryTimer } from './expiry-timer.ts';
import type { HeldPerUser } from './held-per-user.ts';
import type { OutboundSocket } from './outbound-socket.ts';

/** Clients come back on this code with a fresh token; on 4401 their library gives up. */
const FORBIDDEN = 4403;
const TRY_AGAIN = 1013;

export interface ConnectionOptions {
  socket: OutboundSocket;
  heldPerUser: HeldPerUser;
  live: Pick<LiveSessions, 'hold'>;
  userAgent: string | null;
}

/** The user of a WebSocket, and how long their token is valid. */
export class Connection {
  identity: Identity = { is: 'anonymous' };
  readonly userAgent: string | null;
  readonly #socket: OutboundSocket;
  #cancelExpiry = () => {};
  #admitting: Promise<unknown> = Promise.resolve();
  readonly #heldPerUser: HeldPerUser;
  readonly #live: Pick<LiveSessions, 'hold'>;
  #giveBack = () => {};
  #releaseSession = () => {};

  constructor({ socket, heldPerUser, live, userAgent }: ConnectionOptions) {
    this.#socket = socket;
    this.#heldPerUser = heldPerUser;
    this.#live = live;
    this.userAgent = userAgent;
  }

  /**
   * Accepts the first token of the connection, or a fresh one of the same user. A bad one closes the socket.
   * Tokens take effect in the order in which they were sent, however long each check takes.
   */
  async admit(identifying: Promise<Identified>): Promise<boolean> {
    const before = this.#admitting;
    this.#admitting = Promise.allSettled([before, identifying]);
    await before;
    return this.#take(await identifying);
  }

  #take(identified: Identified): boolean {
    if (identified.is === 'refused') return this.#refuse(identified.reason);
    if (this.identity.is === 'user' && !(identified.is === 'user' && identified.userId === this.identity.userId)) {
      return this.#refuse('The new token is not of the same user');
    }
    if (identified.is !== 'user') {
      this.identity = identified;
      return true;
    }
    // Its token may have been checked while it closed.
    if (this.#socket.readyState !== WebSocket.OPEN) return false;
    if (this.identity.is !== 'user' && !this.#hold(identified.userId)) return false;
    const { userId, sessionId, expiresAt } = identified;
    this.identity = { is: 'user', userId, sessionId };
    this.#follow(sessionId);
    this.#closeAt(expiresAt);
    return true;
  }

  close(): void {
    this.#cancelExpiry();
    this.#releaseSession();
    this.#giveBack();
  }

  /** Over the limit the newest connection is closed. Its client tries again later, when another may be gone. */
  #hold(userId: string): boolean {
    const giveBack = this.#heldPerUser.take(userId);
    if (giveBack) this.#giveBack = giveBack;
    else
      this.#socket.close(TRY_AGAIN, `You have ${this.#heldPerUser.limit} connections, the most of a user: close one`);
    return giveBack !== null;
  }

  #follow(sessionId: string | null): void {
    this.#releaseSession();
    this.#releaseSession =
      sessionId === null ? () => {} : this.#live.hold(sessionId, () => this.#refuse('This session has ended'));
  }

  #closeAt(expiresAt: Date): void {
    this.#cancelExpiry();
    this.#cancelExpiry = expiryTimer(expiresAt, () => this.#refuse('The access token has expired'));
  }

  #refuse(reason: string): false {
    this.#socket.close(FORBIDDEN, reason.slice(0, 120));
    return false;
  }
}

/** The token in `connectionParams`, in a ping's payload or among an operation's headers. */
export function authorizationOf(payload: Record<string, unknown> | null | undefined): string | null {
  const named = (key: string) => key.toLowerCase() === 'authorization';
  for (const [key, value] of Object.entries(payload ?? {})) {
    if (named(key) && typeof value === 'string') return value;
  }
  return null;
}
