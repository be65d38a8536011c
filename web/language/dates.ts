import type { Language } from './language.ts';
import type { Texts } from './en.ts';

// Creating a formatter costs far more than using one, and each row of a list needs one.
const formatters = new Map<string, Intl.DateTimeFormat>();

/** The reader's variant of the language, such as en-GB. It determines the order of dates, and 12 or 24 hours. */
function localeOf(language: Language): string {
  return navigator.languages.find((tag) => tag.startsWith(language)) ?? language;
}

function format(language: Language, date: Date, options: Intl.DateTimeFormatOptions): string {
  const key = language + JSON.stringify(options);
  const formatter = formatters.get(key) ?? new Intl.DateTimeFormat(localeOf(language), options);
  formatters.set(key, formatter);
  return formatter.format(date);
}

/** The number of whole days from the date's day to today, in the reader's time zone. */
function daysAgo(date: Date): number {
  const midnight = (day: Date) => Date.UTC(day.getFullYear(), day.getMonth(), day.getDate());
  return (midnight(new Date()) - midnight(date)) / 86_400_000;
}

export function sameDay(one: string, other: string): boolean {
  return new Date(one).toDateString() === new Date(other).toDateString();
}

export function time(language: Language, iso: string): string {
  return format(language, new Date(iso), { timeStyle: 'short' });
}

export function dateAndTime(language: Language, iso: string): string {
  return format(language, new Date(iso), { dateStyle: 'full', timeStyle: 'short' });
}

export function longDate(language: Language, iso: string): string {
  return format(language, new Date(iso), { dateStyle: 'long' });
}

/** A short date for a row of a list: the time today, the weekday within a week, otherwise the date. */
export function shortDate(language: Language, iso: string): string {
  const date = new Date(iso);
  const days = daysAgo(date);
  if (days <= 0) return time(language, iso);
  if (days < 7) return format(language, date, { weekday: 'short' });
  const thisYear = date.getFullYear() === new Date().getFullYear();
  return format(language, date, thisYear ? { day: 'numeric', month: 'short' } : { dateStyle: 'short' });
}

export function dayTitle(language: Language, texts: Texts, iso: string): string {
  const date = new Date(iso);
  const days = daysAgo(date);
  if (days <= 0) return texts.messages.today;
  if (days === 1) return texts.messages.yesterday;
  const thisYear = date.getFullYear() === new Date().getFullYear();
  return format(language, date, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(thisYear ? {} : { year: 'numeric' }),
  });
}
