import Bowser from 'bowser';
import { limits } from '../limits.ts';

/** Characters of a `User-Agent` that are looked at. The longest of real browsers has about 250. */
const LOOKED_AT = 512;

/**
 * A `User-Agent` as people name a device, such as `Firefox on Windows`. What is no browser keeps the name that it gives
 * itself. Versions are left out, because nobody tells their devices apart by them.
 */
export function deviceOf(userAgent: string | null): string {
  const given = (userAgent ?? '')
    .slice(0, LOOKED_AT)
    .replace(/[^\x20-\x7e]/g, '')
    .trim();
  if (given === '') return UNKNOWN_DEVICE;
  const { browser, os } = Bowser.parse(given);
  const name = browser.name ? [browser.name, os.name].filter(Boolean).join(' on ') : given;
  return name.slice(0, limits.device);
}

/** Also of the sessions that began before devices were kept. */
export const UNKNOWN_DEVICE = 'Unknown device';
