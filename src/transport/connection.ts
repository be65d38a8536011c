import type { Identity } from '../context.ts';
import type { Identified } from '../session/session.service.ts';
import type { OutboundSocket } from './outbound-socket.ts';

/** Clients come back on this code with a fresh token; on 4401 their library gives up. */
const FORBIDDEN = 4403;
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/** Who is at the other end of a socket, and for how long. */
export class Connection {
  identity: Identity = { is: 'anonymous' };
  readonly #socket: OutboundSocket;
  #expiry: NodeJS.Timeout | undefined;
  #admitting: Promise<unknown> = Promise.resolve();

  constructor(socket: OutboundSocket) {
    this.#socket = socket;
  }

  /**
   * Takes the token of the connection's beginning, or a fresh one of the same user. A bad one closes the socket.
   * The last that was sent holds, however long each takes to check.
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
    this.identity = identified.is === 'user' ? { is: 'user', userId: identified.userId } : identified;
    if (identified.is === 'user') this.#closeAt(identified.expiresAt);
    return true;
  }

  close(): void {
    clearTimeout(this.#expiry);
  }

  #closeAt(expiresAt: Date): void {
    clearTimeout(this.#expiry);
    const delay = Math.min(Math.max(expiresAt.getTime() - Date.now(), 0), LONGEST_TIMEOUT);
    this.#expiry = setTimeout(() => this.#refuse('The access token has expired'), delay);
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
