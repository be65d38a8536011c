import Bowser from 'bowser';
import { limits } from '../limits.ts';

/** Maximum number of characters of a `User-Agent` that are read. The longest ones of real browsers have about 250. */
const LOOKED_AT = 512;

/**
 * Turns a `User-Agent` into the name of a device, such as `Firefox on Windows`. A program that is not a browser keeps
 * the name that it sends. Versions are left out, because people do not tell their devices apart by them.
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

/** The name also stands for sessions that began before devices were stored. */
export const UNKNOWN_DEVICE = 'Unknown device';
