import { z } from 'zod';
import { InvalidInputError } from './errors.ts';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Characters as people count them: 👨‍👩‍👧 is one. */
function countCharacters(text: string, atMost: number): number {
  // A character has at least one UTF-16 unit, so that a text with few units need not be segmented.
  if (text.length <= atMost) return text.length;
  let count = 0;
  for (const _ of graphemes.segment(text)) if (++count > atMost) break;
  return count;
}

export const isWithin = (value: string, bytes: number): boolean => Buffer.byteLength(value) <= bytes;

/**
 * Well-formed Unicode of at most so many bytes. Every rule of a text begins with this: to normalise, split or count a
 * text costs many times its length, so that it is measured first, and nothing else looks at one that is too long.
 */
export function bounded(bytes: number, error = `must be at most ${bytes} bytes of UTF-8`) {
  return z
    .string()
    .refine((value) => isWithin(value, bytes), { error, abort: true })
    .refine((value) => value.isWellFormed() && !value.includes('\0'), {
      error: 'must be well-formed Unicode without the NUL character',
      abort: true,
    });
}

/** Visible characters. The others are white space, marks, controls and characters without a glyph. */
const visible = /[^\p{White_Space}\p{Cc}\p{Cf}\p{M}\p{Default_Ignorable_Code_Point}\u2800\u{1D159}]/u;
/** Controls, line breaks, and characters that change the direction of the text around them. */
const controls = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;
/** Invisible characters that change nothing visible, unlike joiners, variation selectors and tags. */
const unseen =
  /[\p{Default_Ignorable_Code_Point}--\p{Bidi_Control}--[\u034F\u180B-\u180D\u180F\u200C\u200D\uFE00-\uFE0F\u{E0001}\u{E0020}-\u{E007F}\u{E0100}-\u{E01EF}]]/gv;

interface TextLimit {
  characters: number;
  bytes: number;
}

/** Converts a text to the form in which it is stored, and measures that form, which may be longer. */
function stored({ characters, bytes }: TextLimit, form: (value: string) => string) {
  return bounded(bytes)
    .transform(form)
    .refine((value) => visible.test(value), { error: `must be 1–${characters} characters, not blank`, abort: true })
    .refine((value) => isWithin(value, bytes), { error: `must be at most ${bytes} bytes of UTF-8`, abort: true })
    .refine((value) => countCharacters(value, characters) <= characters, {
      error: `must be 1–${characters} characters`,
      abort: true,
    });
}

/** Text of several lines: not blank, and in NFC, so that texts that look equal are equal. */
export const text = (limit: TextLimit) => stored(limit, (value) => value.normalize('NFC'));

/** Text that a person has begun to write: it may be blank. */
export const begun = ({ characters, bytes }: TextLimit) =>
  bounded(bytes)
    .transform((value) => value.normalize('NFC'))
    .refine((value) => isWithin(value, bytes), { error: `must be at most ${bytes} bytes of UTF-8`, abort: true })
    .refine((value) => countCharacters(value, characters) <= characters, {
      error: `must be at most ${characters} characters`,
    });

/** A name without invisible characters, in NFC, so that names that look equal are equal. */
export const asLine = (value: string): string => value.normalize('NFC').replace(unseen, '').trim();

export const isOneLine = (value: string): boolean => !controls.test(value);
export const ONE_LINE = 'must be one line, without controls, also without those that turn the direction of text';

/** A name or a title: text of one line that does not affect the text around it. */
export const line = (limit: TextLimit) => stored(limit, asLine).refine(isOneLine, { error: ONE_LINE });

/**
 * Any JSON value up to a size and a depth, without NUL and lone surrogates, which PostgreSQL's jsonb refuses, and
 * without numbers that would come back as others.
 */
export function json({ bytes, depth }: { bytes: number; depth: number }) {
  const tooLong = `must be at most ${bytes} bytes of JSON`;
  return (
    z
      .unknown()
      .refine((value) => !isDeeper(value, depth), { error: `must be at most ${depth} levels deep`, abort: true })
      .refine((value) => isWithin(JSON.stringify(value), bytes), { error: tooLong, abort: true })
      .refine((value) => numbersIn(value).every((number) => Math.abs(number) <= Number.MAX_SAFE_INTEGER), {
        error: 'must hold only numbers between -(2^53 - 1) and 2^53 - 1: write others as strings',
        abort: true,
      })
      // PostgreSQL writes a number without an exponent, with as many zeros as it says.
      .refine((value) => Buffer.byteLength(JSON.stringify(value)) + zeros(numbersIn(value)) <= bytes, {
        error: `${tooLong}, with its numbers written without exponents`,
        abort: true,
      })
      .refine((value) => !/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/.test(JSON.stringify(value)), {
        error: 'must be well-formed Unicode without the NUL character',
      })
  );
}

function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

const zeros = (numbers: readonly number[]): number =>
  numbers.reduce((sum, number) => sum + Number(/e-(\d+)$/.exec(String(number))?.[1] ?? 0), 0);

/** Whether arrays and objects are nested deeper than that. */
export const isDeeper = (value: unknown, depth: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (depth === 0 || Object.values(value).some((inner) => isDeeper(inner, depth - 1)));

/** The input as the rule returns it. Throws INVALID_INPUT, which names the field and the limit. */
export function parse<T extends z.ZodType>(rule: T, input: unknown): z.output<T> {
  const result = rule.safeParse(input);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new InvalidInputError(issue?.path.join('.') || 'input', issue?.message ?? 'is invalid');
}
