import { z } from 'zod';
import { BadRequestError } from '../errors.ts';
import { limits } from '../limits.ts';
import { asLine, bounded, line } from '../validation.ts';

const searchTerm = bounded(limits.searchTerm.bytes)
  .transform(asLine)
  .refine((term) => [...term].length >= limits.searchTerm.min && term.length <= limits.searchTerm.characters);

export const displayName = line(limits.displayName);
export const updateProfileInput = z.object({ displayName: displayName.nullish() });

/** Normalises a search term. Throws BAD_REQUEST if it is too long or empty. */
export function readSearchTerm(search: string): string {
  const { data: term } = searchTerm.safeParse(search);
  const { min, characters } = limits.searchTerm;
  if (term === undefined) throw new BadRequestError(`search: must be ${min}–${characters} characters.`);
  return term;
}
