import { pino, type DestinationStream, type Logger } from 'pino';

/**
 * The properties of an error that are logged. Others may contain secrets, such as a command of Redis with its password.
 */
interface LoggedError {
  type: string;
  message: string;
  code?: string | number;
  stack?: string;
}

/** Places where messages of libraries repeat their input, which may be a secret or the text of a message. */
const quotations: readonly [RegExp, string][] = [
  // Redis repeats the arguments of a command that it does not know.
  [/,? with args beginning with[\s\S]*/i, ''],
  // JSON.parse repeats the text around the error.
  [/^[\s\S]* is not valid JSON$/, 'The text is not valid JSON'],
  // PostgreSQL repeats a value that its type does not have.
  [/: "[\s\S]*/, ': "…"'],
  // Node repeats an argument of a wrong type.
  [/\bReceived\b[\s\S]*/, 'Received …'],
];

/** The one serializer of errors. The stack is without its head, which is the message again. */
export function describeError(error: unknown): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: 'something was thrown that is no error' };
  const { name, message, stack = '' } = error;
  const code = 'code' in error && (typeof error.code === 'string' || typeof error.code === 'number') && error.code;
  const frames = stack
    .replace(message, '')
    .split('\n')
    .filter((line) => /^ {4}at /.test(line));
  return {
    type: name,
    message: quotations.reduce((text, [what, instead]) => text.replace(what, instead), message).trim(),
    ...(code !== false && { code }),
    ...(frames.length > 0 && { stack: frames.join('\n') }),
  };
}

/** Creates the logger of the server. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = { level, serializers: { err: describeError } };
  return destination ? pino(options, destination) : pino(options);
}
