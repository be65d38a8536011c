import { afterEach, expect, test, vi } from 'vitest';
import { countedLine } from '../../src/counted-line.ts';
import { toClientError } from '../../src/graphql/mask.ts';
import { createLogger, describeError } from '../../src/logger.ts';

afterEach(() => vi.useRealTimers());

function capture() {
  const lines: string[] = [];
  const logger = createLogger('trace', { write: (line) => void lines.push(line) });
  return { logger, lines };
}

const secret = 'hunter2';

test('of an error only its type, message, code and stack are logged', () => {
  const { logger, lines } = capture();
  const error = Object.assign(new Error('refused', { cause: new Error(secret) }), {
    code: 'WRONGPASS',
    command: { name: 'auth', args: [secret] },
    detail: `Key (username)=(${secret}) already exists.`,
    errors: [new Error(secret)],
  });

  logger.warn({ err: error }, 'Redis is away');
  logger.error(error);
  logger.error({ err: Object.assign(new AggregateError([error], 'all'), { message: 'all of them' }) });
  logger.error({ err: { password: secret } });
  logger.error({ err: secret });

  expect(lines.join()).not.toContain(secret);
  const { err } = JSON.parse(lines[0]!) as { err: object };
  expect(Object.keys(err).toSorted()).toEqual(['code', 'message', 'stack', 'type']);
  expect(err).toMatchObject({ type: 'Error', message: 'refused', code: 'WRONGPASS' });
  expect(JSON.stringify(err)).toContain('logger.test.ts');
});

const invalidJson = (text: string): Error => {
  try {
    return new Error(JSON.stringify(JSON.parse(text)));
  } catch (error) {
    return error as Error;
  }
};

test.each([
  [new Error(`ERR unknown command 'auth', with args beginning with: '${secret}' `), "ERR unknown command 'auth'"],
  [new Error(`invalid input syntax for type uuid: "${secret}"`), 'invalid input syntax for type uuid: "…"'],
  [new Error(`Message: \`value: "one\n"${secret}\``), 'Message: `value: "…"'],
  [invalidJson(`${secret} {`), 'The text is not valid JSON'],
  [invalidJson(`{"a": "b", ${secret}}`), /JSON/],
  [new TypeError(`The "data" argument must be a string. Received type string ('${secret}')`), /Received …$/],
  [new Error(`first line\n    at ${secret}`), /first line/],
])('a message does not contain the input of a library: %#', (error, message) => {
  const described = describeError(error);
  expect(described.message).toMatch(message);
  expect(described.stack).not.toContain(secret);
  if (!error.message.startsWith('first line')) expect(described.message).not.toContain(secret);
});

test('a failure that may come with every request is counted, with one line a second', () => {
  vi.useFakeTimers();
  const { logger, lines } = capture();
  const { add } = countedLine(logger, 'warn', 'refused');

  for (let i = 0; i < 1_000; i++) add(new Error(`number ${i}`), { path: [i] });
  expect(lines).toHaveLength(0);
  vi.advanceTimersByTime(1_000);
  add(new Error('once more'));
  vi.advanceTimersByTime(10_000);

  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
    { level: 40, msg: 'refused', count: 1_000, err: { message: 'number 999' }, path: [999] },
    { count: 1, err: { message: 'once more' } },
  ]);
});

test('a failure of every request takes one line a second', () => {
  vi.useFakeTimers();
  const { logger, lines } = capture();

  for (let i = 0; i < 1_000; i++) {
    expect(toClientError(new Error('away'), logger)).toMatchObject({ extensions: { code: 'INTERNAL_SERVER_ERROR' } });
  }
  vi.advanceTimersByTime(1_000);

  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
    { level: 50, msg: 'unexpected error', count: 1_000, err: { message: 'away' } },
  ]);
});
