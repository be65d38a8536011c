import { backoff, pause } from '../backoff.ts';
import type { Tokens } from '../session/tokens.ts';

export interface FetchOptions {
  tokens: Tokens;
  fetch?: typeof fetch | undefined;
  /**
   * Milliseconds for which a request with an `Idempotency-Key` is repeated when the network or the server fails.
   * Default: 20,000.
   */
  retryForMs?: number | undefined;
  /** Milliseconds after which an attempt counts as lost. Default: 10,000. */
  attemptMs?: number | undefined;
}

const TRY_AGAIN = [502, 503, 504];
/** Maximum milliseconds of a wait that the server asks for with `Retry-After`. */
const LONGEST_WAIT = 5_000;

/**
 * Creates a `fetch` for GraphQL clients. It adds a fresh token and repeats a request once after a 401. A request with
 * an `Idempotency-Key` is repeated until there is an answer: because of the key it cannot do the work twice.
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
      let wait = backoff(attempt, LONGEST_WAIT);
      const last = Date.now() + wait > deadline;
      try {
        const signals = [AbortSignal.timeout(attemptMs), ...(caller ? [caller] : [])];
        const response = await authorised(input, { ...init, signal: AbortSignal.any(signals) });
        if (last || !(await isUnavailable(response))) return response;
        const asked = Number(response.headers.get('retry-after')) * 1_000;
        if (asked > wait) wait = Math.min(asked, LONGEST_WAIT); // a date gives NaN, which is not greater
      } catch (error) {
        if (last || caller?.aborted) throw error;
      }
      await pause(wait, caller);
    }
  };
}

/** Whether the request must be repeated with the same key, because the server cannot say if the work was done. */
async function isUnavailable(response: Response): Promise<boolean> {
  if (TRY_AGAIN.includes(response.status)) return true;
  const answer = (await response
    .clone()
    .json()
    .catch(() => null)) as { errors?: { extensions?: { code?: unknown } }[] } | null;
  return answer?.errors?.some(({ extensions }) => extensions?.code === 'UNAVAILABLE') ?? false;
}

function withToken(init: RequestInit, token: string | null): RequestInit {
  const headers = new Headers(init.headers);
  if (token !== null) headers.set('authorization', `Bearer ${token}`);
  return { ...init, headers };
}
