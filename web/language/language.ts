import { stored, useStored } from '../stored.ts';
import { en, type Texts } from './en.ts';
import { ru } from './ru.ts';

const languages = { en, ru };
export type Language = keyof typeof languages;

export const languageNames: Record<Language, string> = { en: 'English', ru: 'Русский' };

function isLanguage(value: string | null): value is Language {
  return value !== null && value in languages;
}

function ofTheBrowser(): Language {
  return navigator.languages.map((tag) => tag.slice(0, 2)).find(isLanguage) ?? 'en';
}

export const language = stored<Language>(
  'language',
  (text) => (isLanguage(text) ? text : ofTheBrowser()),
  (value) => value,
);

export function useLanguage(): Language {
  return useStored(language);
}

export function useTexts(): Texts {
  return languages[useLanguage()];
}
