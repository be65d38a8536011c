/** Controls that turn the direction of what follows them. */
const bidiControls = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Marks a name inside of a sentence: it has its own direction, and leaves the sentence's as it is. */
export function isolated(name: string): string {
  return `\u2068${name.replace(bidiControls, '')}\u2069`;
}

/** A sentence in its parts; every second one, beginning with the second, is a name that was isolated. */
export function sentenceParts(sentence: string): string[] {
  return sentence.split(/[\u2068\u2069]/);
}

/** What a file is called, without characters that hide how the name ends: `photo[RLO]gpj.exe` reads as photoexe.jpg. */
export function plainFileName(name: string): string {
  return name
    .replace(bidiControls, '')
    .replace(/\p{Cc}/gu, '')
    .trim();
}
