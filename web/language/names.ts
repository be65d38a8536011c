/** Control characters that change the direction of the text after them. */
const bidiControls = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Marks a name inside a sentence, so that its direction does not affect the sentence. */
export function isolated(name: string): string {
  return `\u2068${name.replace(bidiControls, '')}\u2069`;
}

/** Splits a sentence into parts. Every second one, beginning with the second, is an isolated name. */
export function sentenceParts(sentence: string): string[] {
  return sentence.split(/[\u2068\u2069]/);
}

/** The name of a file without characters that hide its ending: `photo[RLO]gpj.exe` is displayed as photoexe.jpg. */
export function plainFileName(name: string): string {
  return name
    .replace(bidiControls, '')
    .replace(/\p{Cc}/gu, '')
    .trim();
}
