import type { IncomingMessage } from 'node:http';
import { required } from '../required.ts';

/**
 * The path that a request names, or an empty one. It never throws, whatever a client sends. Of a
 * whole address, as it is sent to a proxy (RFC 9112, 3.2.2), the path and the query stay in the request.
 */
export function readTarget(request: IncomingMessage): string {
  const { url = '' } = request;
  if (url.startsWith('/')) return required(url.split(/[?#]/, 1)[0]);
  if (!/^https?:/i.test(url) || !URL.canParse(url)) return '';
  const { pathname, search } = new URL(url);
  request.url = pathname + search;
  return pathname;
}
