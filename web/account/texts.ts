import { useLanguage } from '../language/language.ts';
import { en, type AccountTexts } from './en.ts';
import { ru } from './ru.ts';

const texts = { en, ru };

/** The texts of these pages alone. They are loaded with the pages. */
export const useAccountTexts = (): AccountTexts => texts[useLanguage()];
