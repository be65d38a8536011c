import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createFetch, createTokens } from '../../../client/core.ts';

let token: string | null;
let answers: (number | Error)[];
let sent: Headers[];
let refresh: ReturnType<typeof vi.fn<() => Promise<string | null>>>;
let request: typeof fetch;

beforeEach(() => {
  vi.useFakeTimers();
  token = 'first';
  answers = [];
  sent = [];
  refresh = vi.fn(() => Promise.resolve((token = 'second')));
  const network: typeof fetch = (_input, init) => {
    sent.push(new Headers(init?.headers));
    const answer = answers.shift() ?? 200;
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(new Response('', { status: answer }));
  };
  request = createFetch({ tokens: createTokens({ accessToken: () => token, refresh }), fetch: network });
});
afterEach(() => vi.useRealTimers());

const withKey = { method: 'POST', headers: { 'idempotency-key': 'key' } };
const lost = new TypeError('Failed to fetch');

test('sends the token, if there is one', async () => {
  await request('/');
  token = null;
  await request('/');
  expect(sent.map((headers) => headers.get('authorization'))).toEqual(['Bearer first', null]);
});

test('renews the token after a 401 and repeats the request once', async () => {
  answers = [401];
  expect((await request('/')).status).toBe(200);
  expect(sent.map((headers) => headers.get('authorization'))).toEqual(['Bearer first', 'Bearer second']);
});

test('shares one refresh among requests that are refused at the same time', async () => {
  answers = [401, 401, 401];
  await Promise.all([request('/'), request('/'), request('/')]);
  expect(refresh).toHaveBeenCalledTimes(1);
});

test('returns a second 401', async () => {
  answers = [401, 401];
  expect((await request('/')).status).toBe(401);
});

test('repeats a request with a key until there is an answer, with the same key', async () => {
  answers = [lost, 503, 502, lost];
  const response = request('/', withKey);
  await vi.advanceTimersByTimeAsync(20_000);
  expect((await response).status).toBe(200);
  expect(sent.map((headers) => headers.get('idempotency-key'))).toEqual(Array(5).fill('key'));
});

test('repeats after UNAVAILABLE too, and no sooner than the server asks', async () => {
  const body = JSON.stringify({ data: null, errors: [{ message: 'Away', extensions: { code: 'UNAVAILABLE' } }] });
  const bodies = [new Response(body, { headers: { 'retry-after': '3' } }), new Response('{"data":{}}')];
  request = createFetch({
    tokens: createTokens({ accessToken: () => token, refresh }),
    fetch: (_input, init) => {
      sent.push(new Headers(init?.headers));
      return Promise.resolve(bodies.shift() ?? new Response(''));
    },
  });
  const response = request('/', withKey);
  await vi.advanceTimersByTimeAsync(2_900);
  expect(sent).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await (await response).json()).toEqual({ data: {} });
  expect(sent.map((headers) => headers.get('idempotency-key'))).toEqual(['key', 'key']);
});

test('does not repeat a request without a key', async () => {
  answers = [lost];
  await expect(request('/', { method: 'POST' })).rejects.toThrow('Failed to fetch');
  expect(sent).toHaveLength(1);
});

test('fails in the end', async () => {
  answers = Array<Error>(1_000).fill(lost);
  const response = request('/', withKey).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(await response).toBe(lost);
});

test('stops when the caller aborts it', async () => {
  answers = Array<Error>(1_000).fill(lost);
  const asking = new AbortController();
  const response = request('/', { ...withKey, signal: asking.signal }).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(100);
  asking.abort();
  await vi.advanceTimersByTimeAsync(0);
  expect(await response).toBe(lost);
});
