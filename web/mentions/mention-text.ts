export interface MentionPart {
  text: string;
  /** Whether the part is a mention. */
  isMention: boolean;
}

/** What a mention of everyone looks like in a text, in each language of the application. */
export const everyoneWords = ['everyone', 'все'];

export interface Mentions {
  readonly mentionedUsers: readonly { readonly username: string }[];
  readonly mentionsEveryone: boolean;
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/**
 * The parts of a text: mentions, and what stands between them. Only users whom the message mentions are highlighted:
 * their ids come with the message, and an `@name` of anybody else is plain text.
 */
export function mentionParts(text: string, { mentionedUsers, mentionsEveryone }: Mentions): MentionPart[] {
  const names = [...mentionedUsers.map(({ username }) => username), ...(mentionsEveryone ? everyoneWords : [])];
  if (names.length === 0) return [{ text, isMention: false }];
  // The group in the pattern makes every second part a mention.
  const mention = new RegExp(`(?<![\\p{L}\\p{N}_])(@(?:${names.map(escaped).join('|')}))(?![\\p{L}\\p{N}_])`, 'u');
  return text.split(mention).map((part, index) => ({ text: part, isMention: index % 2 === 1 }));
}

/** Whether the text still has the mention of this name. */
export const hasMention = (text: string, username: string): boolean =>
  mentionParts(text, { mentionedUsers: [{ username }], mentionsEveryone: false }).some(({ isMention }) => isMention);

/** An `@` before the caret, and what follows it. */
export interface MentionQuery {
  start: number;
  end: number;
  text: string;
}

/** Finds what is typed after an `@` that begins a word. */
export function mentionQuery(text: string, caret: number): MentionQuery | null {
  const match = /(?:^|[\s(])@([\p{L}\p{N}_]{0,32})$/u.exec(text.slice(0, caret));
  return match && { start: caret - (match[1] ?? '').length - 1, end: caret, text: match[1] ?? '' };
}
