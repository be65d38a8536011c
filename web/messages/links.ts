import { LinkifyIt } from 'linkify-it';

export interface TextPart {
  text: string;
  /** Where the part leads; absent for what is no address. */
  href?: string;
}

// An address with a name and a password in it leads where it says, and not to the name.
const addresses = new LinkifyIt({ fuzzyLink: true, urlAuth: true }).add('//', null).add('ftp:', null);

/** A text in its parts: web and mail addresses, and what stands between them. */
export function linkParts(content: string): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const { index, lastIndex, schema, text, url } of addresses.match(content) ?? []) {
    const isNamed = schema !== '';
    // Without a scheme only `www.` makes an address: README.md and node.js name files.
    if (!isNamed && !/^www\./i.test(text)) continue;
    if (index > end) parts.push({ text: content.slice(end, index) });
    parts.push({ text, href: isNamed ? url : `https://${text}` });
    end = lastIndex;
  }
  if (end < content.length) parts.push({ text: content.slice(end) });
  return parts;
}
