/** The connection options of `ioredis` that an address contains. */
export interface RedisAddress {
  host: string;
  port: number;
  username?: string;
  password?: string;
  tls?: object;
  family?: 4 | 6;
}

/**
 * Reads a `redis://` address. If it is wrong, the answer is the rest of a sentence that begins with the variable's
 * name. The number of a database is accepted and ignored, because channels belong to no database.
 */
export function readRedisAddress(text: string): RedisAddress | string {
  if (!/^rediss?:\/\//i.test(text)) return 'must be an address that begins with redis:// or rediss://';
  const encode = 'write @ : / ? # and % within user and password as %40 %3A %2F %3F %23 and %25';
  if (!URL.canParse(text)) return `cannot be read: write it as redis://user:password@host:6379, and ${encode}`;
  const { protocol, hostname, port, username, password, pathname, searchParams, hash } = new URL(text);
  if (/[@#]/.test(pathname + searchParams.toString().replaceAll('%40', '@') + hash)) {
    return `has an @ or # behind its host: ${encode}`;
  }
  if (hostname === '') return 'names no host';
  if (!/^\/?\d*$/.test(pathname))
    return 'has a path that is no number: Redis names its databases by number, and Parley needs none';
  const family = searchParams.get('family');
  if ([...searchParams.keys()].some((name) => name !== 'family') || !['4', '6', '0', null].includes(family)) {
    return 'has parameters that Parley does not know: only family=4 and family=6 may follow the address';
  }
  try {
    return {
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port === '' ? 6379 : Number(port),
      ...(username !== '' && { username: decodeURIComponent(username) }),
      ...(password !== '' && { password: decodeURIComponent(password) }),
      ...(protocol === 'rediss:' && { tls: {} }),
      ...((family === '4' || family === '6') && { family: Number(family) as 4 | 6 }),
    };
  } catch {
    return `has a % in user or password that encodes nothing: ${encode}`;
  }
}
