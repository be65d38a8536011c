import { createStore, type Readable } from '../store.ts';
import { defaultStorage, type SessionStorage } from './storage.ts';
import type { TokenSource } from './token-source.ts';

export interface SessionUser {
  id: string;
  username: string;
  displayName: string;
}

/** Who is signed in. The tokens stay inside. */
export interface SignedIn {
  user: SessionUser;
  expiresAt: string;
}

export type SignInResult = { ok: true; user: SessionUser } | { ok: false; error: { code: string; message: string } };

export interface SessionOptions {
  /** The GraphQL endpoint, e.g. `/graphql`. */
  url: string;
  /** Default: localStorage. */
  storage?: SessionStorage;
  /** The storage's key; two backends on one origin need two. */
  storageKey?: string;
  fetch?: typeof fetch;
}

/** A session of the built-in accounts: a `TokenSource`, kept in a storage and shared by all tabs. */
export interface Session extends TokenSource, Readable<SignedIn | null> {
  subscribe(listener: () => void): () => void;
  signUp(input: { username: string; password: string; displayName?: string }): Promise<SignInResult>;
  signIn(input: { username: string; password: string }): Promise<SignInResult>;
  /** Signed out here at once, in other tabs too; the server is told, and not waited for if it cannot be reached. */
  signOut(): Promise<void>;
}

interface Kept extends SignedIn {
  accessToken: string;
  refreshToken: string;
}

type Answer = (Kept & { __typename: 'Session' }) | { __typename: string; code?: string; message?: string };

const SESSION = '__typename ... on Session { accessToken refreshToken expiresAt user { id username displayName } }';
const ERROR = '... on Error { code message }';

function sessionMutation(field: 'signUp' | 'signIn' | 'refreshSession'): string {
  const input = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
  return `mutation ($input: ${input}!) { ${field}(input: $input) { ${SESSION} ${ERROR} } }`;
}

export function createSession(options: SessionOptions): Session {
  const { url, storage = defaultStorage(), storageKey = 'parley.session' } = options;
  let kept = read();
  const store = createStore<SignedIn | null>(signedIn(kept));

  // Another tab signed in or out, or renewed the token.
  globalThis.addEventListener?.('storage', (event: Event) => {
    const { key } = event as StorageEvent;
    if (key === null || key === storageKey) adopt(read());
  });

  function read(): Kept | null {
    try {
      return JSON.parse(storage.getItem(storageKey) ?? 'null') as Kept | null;
    } catch {
      return null; // not of this kit's writing
    }
  }

  function adopt(next: Kept | null): void {
    if (next?.accessToken === kept?.accessToken) return;
    kept = next;
    store.set(signedIn(next));
  }

  function keep(next: Kept | null): void {
    if (next === null) storage.removeItem(storageKey);
    else storage.setItem(storageKey, JSON.stringify(next));
    adopt(next);
  }

  async function ask(query: string, input: object): Promise<Answer> {
    const response = await (options.fetch ?? fetch)(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
      body: JSON.stringify({ query, variables: { input } }),
    });
    const { data, errors } = (await response.json()) as {
      data?: Record<string, Answer> | null;
      errors?: { message: string; extensions?: { code?: string } }[];
    };
    const answer = Object.values(data ?? {})[0];
    if (answer) return answer;
    const error = errors?.[0];
    const code = error?.extensions?.code ?? 'INTERNAL_SERVER_ERROR';
    // What passes by itself is thrown, to be tried again; the rest is an answer.
    if (code === 'INTERNAL_SERVER_ERROR') throw new Error(error?.message ?? `HTTP ${response.status}`);
    return { __typename: 'Error', code, message: error?.message ?? code };
  }

  async function enter(field: 'signUp' | 'signIn', input: object): Promise<SignInResult> {
    const answer = await ask(sessionMutation(field), input);
    if (!isSession(answer)) return { ok: false, error: { code: answer.code ?? '', message: answer.message ?? '' } };
    keep(answer);
    return { ok: true, user: answer.user };
  }

  async function refresh(): Promise<string | null> {
    const before = kept;
    return oneTabAtATime(storageKey, async () => {
      const stored = read();
      if (stored === null || stored.accessToken !== before?.accessToken) {
        adopt(stored); // another tab was first
        return stored?.accessToken ?? null;
      }
      const answer = await ask(sessionMutation('refreshSession'), { refreshToken: stored.refreshToken });
      if (kept?.refreshToken !== stored.refreshToken) return kept?.accessToken ?? null; // signed out meanwhile
      if (isSession(answer)) keep(answer);
      else if (answer.code === 'RATE_LIMITED') throw new Error(answer.message);
      else keep(null);
      return kept?.accessToken ?? null;
    });
  }

  return {
    ...store,
    accessToken: () => kept?.accessToken ?? null,
    refresh,
    signUp: (input) => enter('signUp', input),
    signIn: (input) => enter('signIn', input),
    async signOut() {
      if (kept === null) return;
      const { refreshToken } = kept;
      keep(null);
      const query = 'mutation ($input: SignOutInput!) { signOut(input: $input) { __typename } }';
      await ask(query, { refreshToken }).catch(() => undefined); // the token then dies by its age
    },
  };
}

function signedIn(kept: Kept | null): SignedIn | null {
  return kept && { user: kept.user, expiresAt: kept.expiresAt };
}

function isSession(answer: Answer): answer is Kept & { __typename: 'Session' } {
  return answer.__typename === 'Session';
}

/** A refresh token is used up by its use: tabs take turns. Where there are no locks, the server's grace time carries. */
function oneTabAtATime<T>(name: string, work: () => Promise<T>): Promise<T> {
  const locks = globalThis.navigator?.locks;
  return locks ? locks.request(name, work) : work();
}
