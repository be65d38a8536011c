import { sentenceParts } from '../language/names.ts';

/** A sentence with names in it. Each name keeps its own text direction. */
export function Sentence({ text }: { text: string }) {
  return sentenceParts(text).map((part, index) => (index % 2 === 0 ? part : <bdi key={index}>{part}</bdi>));
}
