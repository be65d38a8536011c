import { limits } from '../limits.ts';

/** Quotes a client's input for an error message. It is cut, because one request may have many errors. */
export const quote = (input: string): string => JSON.stringify(shorten(input));

const shorten = (input: string): string =>
  input.length > limits.echoedCharacters ? `${input.slice(0, limits.echoedCharacters)}…` : input;

/** In messages of graphql-js and Yoga, the client's input follows these words. */
const echoes = /(value: |[Ff]ound |[Uu]nexpected \w+ )([^]+)$|(got invalid value )([^]+)(?=; )/g;
const quoted = /"([^"]+)"/g;

/** Cuts the client's input in the message of a library. */
export function shortenEchoes(message: string): string {
  const shortened = message
    .replace(echoes, (_, before: string | undefined, tail: string, invalid: string, value: string) =>
      before === undefined ? invalid + shorten(value) : before + shorten(tail),
    )
    .replace(quoted, (_, name: string) => `"${shorten(name)}"`);
  return shortened.slice(0, MESSAGE_LENGTH);
}
const MESSAGE_LENGTH = 500;
