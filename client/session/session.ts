import { createStore, type Readable } from '../store.ts';
import { forgetUnsent } from '../outbox/unsent.ts';
import { oneTabAtATime } from './one-tab.ts';
import { defaultStorage, readKept, writeKept, type SessionStorage } from './storage.ts';
import { isTemporary } from './temporary.ts';
import type { TokenSource } from './token-source.ts';

export interface SessionUser {
  id: string;
  username: string;
  displayName: string;
}

/** The signed-in user. The tokens are not exposed. */
export interface SignedIn {
  user: SessionUser;
  expiresAt: string;
}

export type SignInResult = { ok: true; user: SessionUser } | { ok: false; error: { code: string; message: string } };

export interface SessionOptions {
  /** The GraphQL endpoint, e.g. `/graphql`. */
  url: string;
  /** Default: localStorage. If the browser has none, the session lasts as long as the page. */
  storage?: SessionStorage;
  /** The key in the storage. Two backends on one origin need different ones. */
  storageKey?: string;
  fetch?: typeof fetch;
}

/**
 * A session of the built-in accounts: a `TokenSource`, kept in a storage and shared by all tabs. It belongs to one
 * user. On a server that renders pages, create one for each request, with a storage of its own.
 */
export interface Session extends TokenSource, Readable<SignedIn | null> {
  subscribe(listener: () => void): () => void;
  /** Never rejects. `error.code` is `NETWORK` if the server could not be reached. The same holds for `signIn`. */
  signUp(input: { username: string; password: string; displayName?: string }): Promise<SignInResult>;
  signIn(input: { username: string; password: string }): Promise<SignInResult>;
  /**
   * Sets a new password. This session goes on with new tokens, and the user's other sessions end. `error.code` is
   * `FORBIDDEN` if the current password is wrong, and `INVALID_INPUT` if the server does not accept the new one.
   */
  changePassword(input: { currentPassword: string; newPassword: string }): Promise<SignInResult>;
  /**
   * Signs out here at once, in other tabs too, and removes this user's stored unsent messages and drafts. Also ends the
   * session on the server, if the server can be reached.
   */
  signOut(): Promise<void>;
}

interface Kept extends SignedIn {
  accessToken: string;
  refreshToken: string;
}

type Answer = (Kept & { __typename: 'Session' }) | { __typename: string; code?: string; message?: string };

const SESSION = '__typename ... on Session { accessToken refreshToken expiresAt user { id username displayName } }';
const ERROR = '... on Error { code message }';

function sessionMutation(field: 'signUp' | 'signIn' | 'refreshSession' | 'changePassword'): string {
  const input = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
  return `mutation ($input: ${input}!) { ${field}(input: $input) { ${SESSION} ${ERROR} } }`;
}

export function createSession(options: SessionOptions): Session {
  const { url, storage = defaultStorage(), storageKey = 'parley.session' } = options;
  /** Whether the storage did not accept the newest session, so that only this page has it. */
  let alone = false;
  let kept = read();
  const store = createStore<SignedIn | null>(signedIn(kept));

  // Another tab signed in or out, or renewed the token.
  globalThis.addEventListener?.('storage', (event: Event) => {
    const { key } = event as StorageEvent;
    if (key !== null && key !== storageKey) return;
    alone = false;
    adopt(read());
  });

  function read(): Kept | null {
    return alone ? kept : (readKept(storage, storageKey) as Kept | null);
  }

  function adopt(next: Kept | null): void {
    if (next?.accessToken === kept?.accessToken) return;
    kept = next;
    store.set(signedIn(next));
  }

  function keep(next: Kept | null): void {
    alone = !writeKept(storage, storageKey, next);
    if (alone) writeKept(storage, storageKey, null); // the token in the storage has been used
    adopt(next);
  }

  /** Never rejects: a failure is a result with a code. */
  async function ask(query: string, input: object, token?: string): Promise<Answer> {
    try {
      const response = await (options.fetch ?? fetch)(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/graphql-response+json',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify({ query, variables: { input } }),
      });
      const text = await response.text();
      const { data, errors } = parsed(text) ?? {};
      const answer = Object.values(data ?? {})[0];
      if (answer) return answer;
      const error = errors?.[0];
      // A proxy answers with a body that is not GraphQL.
      if (!error) return failure('NETWORK', `The server could not be reached: HTTP ${response.status}.`);
      return failure(error.extensions?.code ?? 'INTERNAL_SERVER_ERROR', error.message);
    } catch (error) {
      return failure('NETWORK', error instanceof Error ? error.message : String(error));
    }
  }

  const enter = async (field: 'signUp' | 'signIn', input: object) => entered(await ask(sessionMutation(field), input));

  function entered(answer: Answer): SignInResult {
    if (!isSession(answer)) return { ok: false, error: { code: answer.code ?? '', message: answer.message ?? '' } };
    keep(answer);
    return { ok: true, user: answer.user };
  }

  async function refresh(): Promise<string | null> {
    const before = kept;
    return oneTabAtATime(storageKey, async () => {
      const stored = read();
      if (stored === null || stored.accessToken !== before?.accessToken) {
        adopt(stored); // another tab was faster
        return stored?.accessToken ?? null;
      }
      const answer = await ask(sessionMutation('refreshSession'), { refreshToken: stored.refreshToken });
      if (kept?.refreshToken !== stored.refreshToken) return kept?.accessToken ?? null; // somebody signed out in the meantime
      if (isSession(answer)) keep(answer);
      else if (isTemporary(answer.code))
        throw new Error(answer.message); // the caller tries again
      else keep(null);
      return kept?.accessToken ?? null;
    });
  }

  const changePassword = (input: object): Promise<Answer> =>
    oneTabAtATime(storageKey, async () => {
      adopt(read());
      return ask(sessionMutation('changePassword'), input, kept?.accessToken);
    });

  return {
    ...store,
    accessToken: () => kept?.accessToken ?? null,
    refresh,
    signUp: (input) => enter('signUp', input),
    signIn: (input) => enter('signIn', input),
    async changePassword(input) {
      const answer = await changePassword(input);
      if (isSession(answer) || answer.code !== 'UNAUTHENTICATED') return entered(answer);
      await refresh().catch(() => null); // the access token had expired
      return entered(await changePassword(input));
    },
    async signOut() {
      if (kept === null) return;
      const { refreshToken, user } = kept;
      keep(null);
      forgetUnsent(storage, user.id);
      const query = 'mutation ($input: SignOutInput!) { signOut(input: $input) { __typename } }';
      await ask(query, { refreshToken }); // if the server is not reached, the token expires
    },
  };
}

function signedIn(kept: Kept | null): SignedIn | null {
  return kept && { user: kept.user, expiresAt: kept.expiresAt };
}

interface Body {
  data?: Record<string, Answer> | null;
  errors?: { message: string; extensions?: { code?: string } }[];
}

function parsed(text: string): Body | null {
  try {
    return JSON.parse(text) as Body | null;
  } catch {
    return null;
  }
}

const failure = (code: string, message: string): Answer => ({ __typename: 'Error', code, message });

function isSession(answer: Answer): answer is Kept & { __typename: 'Session' } {
  return answer.__typename === 'Session';
}
