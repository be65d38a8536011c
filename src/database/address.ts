import type { ClientConfig } from 'pg';
import { parse, toClientConfig } from 'pg-connection-string';

/** The parts of a PostgreSQL address. */
export interface Address {
  /** The options for a connection of `pg`. */
  client: ClientConfig;
  /** The schema that `?schema=` names, as in Prisma's addresses. */
  schema: string | undefined;
  /** Whether a server without TLS is accepted: `sslmode` is `prefer` or `allow`. */
  tlsOptional: boolean;
}

/** The values of `sslmode`. `no-verify` is an older name that `pg` gives to `require`. */
const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'];
const ENCODE = 'write @ : / ? # and % within user and password as %40 %3A %2F %3F %23 and %25';

/**
 * Reads an address as PostgreSQL's tools do. If it is wrong, the answer continues a sentence that begins with its name.
 */
export function readAddress(text: string): Address | string {
  const [, authority, rest] = /^postgres(?:ql)?:\/\/([^/?#]*)(.*)$/is.exec(text) ?? [];
  if (authority === undefined || rest === undefined) {
    return 'must be an address that begins with postgresql:// or postgres://';
  }
  // The host ended at the first / ? or #. If an @ or # follows, that character belongs to the user or password.
  if (/[@#]/.test(rest)) return `has an @ or # behind its host: ${ENCODE}`;
  const [path = '', query] = rest.split('?', 2);
  const parameters = new URLSearchParams(query);
  if ((authority.slice(authority.lastIndexOf('@') + 1) + (parameters.get('host') ?? '')).includes(',')) {
    return 'names several hosts: name one, or an address that always leads to the primary';
  }
  const mode = parameters.get('sslmode');
  if (mode !== null && !SSL_MODES.includes(mode)) return `has an sslmode that is none of ${SSL_MODES.join(', ')}`;
  const schema = parameters.get('schema') ?? undefined;
  for (const name of ['schema', 'uselibpqcompat']) parameters.delete(name);
  if (mode === 'allow') parameters.set('sslmode', 'prefer');
  if (mode === 'no-verify') parameters.set('sslmode', 'require');
  // The parser requires a host, even if the parameter `host` names another.
  const place = parameters.has('host') ? authority.replace(/(?<=^|@)(?=:|$)/, 'localhost') : authority;
  try {
    const options = parse(`postgresql://${place}${path}?${parameters.toString()}`, { useLibpqCompat: true });
    const client = toClientConfig(options);
    return { client, schema, tlsOptional: mode === 'prefer' || mode === 'allow' };
  } catch (error) {
    return reason(error, parameters);
  }
}

function reason(error: unknown, parameters: URLSearchParams): string {
  const path = error instanceof Error && 'path' in error ? String(error.path) : undefined;
  if (path !== undefined) return `names a file that cannot be read: ${path}`;
  if (parameters.get('sslmode') === 'verify-ca') {
    return 'needs sslrootcert, the file of the authority’s certificate, with sslmode=verify-ca';
  }
  return `cannot be read: write it as postgresql://user:password@host:5432/name, and ${ENCODE}`;
}
