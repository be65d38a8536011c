import { backoff, pause } from '../backoff.ts';
import type { Tokens } from '../session/tokens.ts';

export interface FetchOptions {
  tokens: Tokens;
  fetch?: typeof fetch | undefined;
  /** How long a request with an `Idempotency-Key` is repeated when the network or the server fails. Default: 20 s. */
  retryForMs?: number | undefined;
  /** After this long an attempt counts as lost. Default: 10 s. */
  attemptMs?: number | undefined;
}

const TRY_AGAIN = [502, 503, 504];

/**
 * A `fetch` for GraphQL clients: it adds a fresh token, repeats once after a 401, and repeats what has an
 * `Idempotency-Key` until an answer comes: with the key that cannot do the work twice.
 */
export function createFetch(options: FetchOptions): typeof fetch {
  const { tokens, retryForMs = 20_000, attemptMs = 10_000 } = options;

  async function authorised(input: RequestInfo | URL, init: RequestInit): Promise<Response> {
    const request = options.fetch ?? fetch;
    const token = await tokens.fresh();
    const response = await request(input, withToken(init, token));
    if (response.status !== 401 || token === null) return response;
    return request(input, withToken(init, await tokens.replace(token)));
  }

  return async (input, init = {}) => {
    const caller = init.signal;
    const repeatable = new Headers(init.headers).has('idempotency-key');
    if (!repeatable) return authorised(input, init);
    const deadline = Date.now() + retryForMs;
    for (let attempt = 0; ; attempt++) {
      const wait = backoff(attempt, 5_000);
      const last = Date.now() + wait > deadline;
      try {
        const signals = [AbortSignal.timeout(attemptMs), ...(caller ? [caller] : [])];
        const response = await authorised(input, { ...init, signal: AbortSignal.any(signals) });
        if (last || !TRY_AGAIN.includes(response.status)) return response;
      } catch (error) {
        if (last || caller?.aborted) throw error;
      }
      await pause(wait, caller);
    }
  };
}

function withToken(init: RequestInit, token: string | null): RequestInit {
  const headers = new Headers(init.headers);
  if (token !== null) headers.set('authorization', `Bearer ${token}`);
  return { ...init, headers };
}
