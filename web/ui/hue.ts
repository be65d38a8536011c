import type { CSSProperties } from 'react';

/** A colour that is always the same for an id, as the custom property `--hue`. */
export function hueOf(id: string): CSSProperties & Record<'--hue', number> {
  let hash = 7;
  for (const letter of id) hash = (hash * 31 + letter.charCodeAt(0)) % 99_991;
  return { '--hue': (hash * 137) % 360 };
}
