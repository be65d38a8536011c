import { InvalidInputError } from '../errors.ts';
import { limits } from '../limits.ts';
import { isWithin } from '../validation.ts';

const shortcode = new RegExp(`^:[a-z0-9_+-]{1,${limits.shortcode.max - 2}}:$`);
const variationSelector = /\uFE0F/g;
/** A character that is shown as text unless U+FE0F follows: in a full emoji it does, except before a skin tone. */
const textByDefault = /(?!\p{Emoji_Presentation})\p{Emoji}(?![\u{1F3FB}-\u{1F3FF}])/gu;

/**
 * The one way to write an emoji: fully qualified, so that ❤ and ❤️ are the same reaction. Shortcodes stay as they are.
 */
export function normaliseEmoji(emoji: string): string {
  if (isWithin(emoji, limits.emoji.bytes)) {
    if (shortcode.test(emoji)) return emoji;
    const qualified = emoji.replace(variationSelector, '').replace(textByDefault, '$&\uFE0F');
    if (/^\p{RGI_Emoji}$/v.test(qualified)) return qualified;
  }
  throw new InvalidInputError(
    'emoji',
    `must be one emoji, or a shortcode such as :party_parrot: of at most ${limits.shortcode.max} characters`,
  );
}
