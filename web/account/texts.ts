import { useLanguage } from '../language/language.ts';
import { en, type AccountTexts } from './en.ts';
import { ru } from './ru.ts';

const texts = { en, ru };

/** The texts that only these pages use. They are loaded with the pages. */
export const useAccountTexts = (): AccountTexts => texts[useLanguage()];
