import type { TokenSource } from './token-source.ts';

/** Decides whether a token is due for renewal. `fetch` and the stream share it. */
export interface Tokens {
  /** Returns a token that is valid for some time, after renewing it if necessary. Null while nobody is signed in. */
  fresh(): Promise<string | null>;
  /** Gets a new token in place of one that the server refused, unless there already is a newer one. */
  replace(refused: string): Promise<string | null>;
  /** Milliseconds until the present token should be renewed; null if it need not be. */
  dueIn(): number | null;
  subscribe(listener: () => void): () => void;
  /** Whether the user to whom these tokens belong is signed in. */
  signedIn(): boolean;
}

const LEAD_MS = 60_000;

export function createTokens(source: TokenSource): Tokens {
  let running: Promise<string | null> | undefined;
  let known: { token: string; due: number } | undefined;
  let owner: string | undefined;
  const listeners = new Set<() => void>();

  /** A cache belongs to one user. The token of another user, who signed in from another tab, is ignored. */
  function own(token: string | null): string | null {
    const { sub } = token === null ? {} : claims(token);
    owner ??= sub;
    return sub === owner || sub === undefined ? token : null;
  }

  function dueOf(token: string): number {
    if (known?.token !== token) known = { token, due: renewalDue(token, false) };
    return known.due;
  }

  function renew(): Promise<string | null> {
    running ??= source
      .refresh()
      .then((token) => {
        if (token !== null) known = { token, due: renewalDue(token, true) };
        for (const listener of [...listeners]) listener();
        return own(token);
      })
      .finally(() => (running = undefined));
    return running;
  }

  return {
    async fresh() {
      const token = own(source.accessToken());
      return token === null || dueOf(token) > Date.now() ? token : renew();
    },
    async replace(refused) {
      const token = own(source.accessToken());
      return token === refused ? renew() : token;
    },
    dueIn() {
      const token = own(source.accessToken());
      const due = token === null ? Infinity : dueOf(token);
      return due === Infinity ? null : Math.max(0, due - Date.now());
    },
    signedIn: () => own(source.accessToken()) !== null,
    subscribe(listener) {
      listeners.add(listener);
      const unsubscribe = source.subscribe?.(listener);
      return () => {
        listeners.delete(listener);
        unsubscribe?.();
      };
    },
  };
}

/**
 * A token that was just issued is valid for `exp - iat` from now, whatever this device's clock says. For a token from
 * the storage the clock is used.
 */
function renewalDue(token: string, justIssued: boolean): number {
  const { exp, iat } = claims(token);
  if (exp === undefined) return Infinity;
  const life = iat === undefined ? undefined : (exp - iat) * 1000;
  const lead = Math.min(LEAD_MS, (life ?? LEAD_MS * 5) / 5);
  return (justIssued && life !== undefined ? Date.now() + life : exp * 1000) - lead;
}

interface Claims {
  sub?: string;
  exp?: number;
  iat?: number;
}

function claims(token: string): Claims {
  try {
    const payload = token.split('.')[1] ?? '';
    return JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))) as Claims;
  } catch {
    return {}; // an opaque token: the server refuses it when it has expired
  }
}
