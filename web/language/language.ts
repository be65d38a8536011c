import { useSyncExternalStore } from 'react';
import { stored } from '../stored.ts';
import type { Texts } from './en.ts';

const files = {
  en: async () => (await import('./en.ts')).en,
  ru: async () => (await import('./ru.ts')).ru,
};
export type Language = keyof typeof files;

export const languageNames: Record<Language, string> = { en: 'English', ru: 'Русский' };

function isLanguage(value: string | null): value is Language {
  return value !== null && value in files;
}

function ofTheBrowser(): Language {
  return navigator.languages.map((tag) => tag.slice(0, 2)).find(isLanguage) ?? 'en';
}

/** The language that the user has chosen. */
export const language = stored<Language>(
  'language',
  (text) => (isLanguage(text) ? text : ofTheBrowser()),
  (value) => value,
);

let shown: { language: Language; texts: Texts } | undefined;
const listeners = new Set<() => void>();

/** Loads the texts of the chosen language and shows them. If that fails, the language stays as it was. */
export async function showLanguage(): Promise<void> {
  const chosen = language.get();
  const texts = await files[chosen]();
  if (chosen !== language.get()) return;
  shown = { language: chosen, texts };
  document.documentElement.lang = chosen;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function useShown() {
  const now = useSyncExternalStore(subscribe, () => shown);
  if (!now) throw new Error('No language has been loaded.');
  return now;
}

export const useLanguage = (): Language => useShown().language;

export const useTexts = (): Texts => useShown().texts;
