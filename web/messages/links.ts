import { LinkifyIt } from 'linkify-it';

export interface TextPart {
  text: string;
  /** The target of the link; absent if the part is not an address. */
  href?: string;
}

// With `urlAuth` an address that contains a name and a password becomes one link, which leads to its real host.
const addresses = new LinkifyIt({ fuzzyLink: true, urlAuth: true }).add('//', null).add('ftp:', null);

/** Splits a text into web and mail addresses and the text between them. */
export function linkParts(content: string): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const { index, lastIndex, schema, text, url } of addresses.match(content) ?? []) {
    const isNamed = schema !== '';
    // Without a scheme, only an address with `www.` becomes a link: README.md and node.js are names of files.
    if (!isNamed && !/^www\./i.test(text)) continue;
    if (index > end) parts.push({ text: content.slice(end, index) });
    parts.push({ text, href: isNamed ? url : `https://${text}` });
    end = lastIndex;
  }
  if (end < content.length) parts.push({ text: content.slice(end) });
  return parts;
}
