import { z } from 'zod';
import { InvalidInputError } from './errors.ts';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Characters as people count them: 👨‍👩‍👧 is one. */
function countCharacters(text: string, atMost: number): number {
  // No character is shorter than a UTF-16 unit: what is short enough in units need not be segmented.
  if (text.length <= atMost) return text.length;
  let count = 0;
  for (const _ of graphemes.segment(text)) if (++count > atMost) break;
  return count;
}

/** Text that a person wrote: not blank, well-formed Unicode, without NUL. */
export function text({ characters, bytes }: { characters: number; bytes: number }) {
  return z
    .string()
    .refine((value) => Buffer.byteLength(value) <= bytes, {
      error: `must be at most ${bytes} bytes of UTF-8`,
      abort: true,
    })
    .refine((value) => value.isWellFormed() && !value.includes('\0'), {
      error: 'must be well-formed Unicode without the NUL character',
      abort: true,
    })
    .refine((value) => value.trim() !== '', { error: `must be 1–${characters} characters, not blank`, abort: true })
    .refine((value) => countCharacters(value, characters) <= characters, {
      error: `must be 1–${characters} characters`,
    });
}

/** Any JSON value up to a size and a depth, without NUL and lone surrogates: PostgreSQL's jsonb refuses those. */
export function json({ bytes, depth }: { bytes: number; depth: number }) {
  return z
    .unknown()
    .refine((value) => !isDeeper(value, depth), { error: `must be at most ${depth} levels deep`, abort: true })
    .refine((value) => Buffer.byteLength(JSON.stringify(value)) <= bytes, {
      error: `must be at most ${bytes} bytes of JSON`,
      abort: true,
    })
    .refine((value) => !/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/.test(JSON.stringify(value)), {
      error: 'must be well-formed Unicode without the NUL character',
    });
}

const isDeeper = (value: unknown, depth: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (depth === 0 || Object.values(value).some((inner) => isDeeper(inner, depth - 1)));

/** The input as the rule has it, or INVALID_INPUT that names the field and the limit. */
export function parse<T extends z.ZodType>(rule: T, input: unknown): z.output<T> {
  const result = rule.safeParse(input);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new InvalidInputError(issue?.path.join('.') || 'input', issue?.message ?? 'is invalid');
}
