/** The unsent text of each chat. */
export interface Drafts {
  /** The draft of a chat; '' if there is none. */
  get(chatId: string): string;
  /** Stores the draft of a chat; '' removes it. */
  set(chatId: string, text: string): void;
}

export function createDrafts(kept: readonly (readonly [string, string])[], onChange: () => void) {
  const texts = new Map(kept);
  return {
    get: (chatId: string) => texts.get(chatId) ?? '',
    set(chatId: string, text: string) {
      if (text === '') texts.delete(chatId);
      else texts.set(chatId, text);
      onChange();
    },
    entries: () => Array.from(texts, ([key, value]) => ({ key, value })),
  };
}
