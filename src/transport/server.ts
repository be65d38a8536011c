import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { existsSync } from 'node:fs';
import sirv from 'sirv';
import { GRAPHQL_PATH } from './http.ts';

export interface Health {
  /** Whether this server is worth sending clients to. */
  ready: boolean;
  report: object;
}

export interface ServerOptions {
  graphql: RequestListener;
  health(): Health;
  /** The folder of the built application; without one the server has the API alone. */
  webRoot: string;
}

/** Nothing but the application's own files, and no third party. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** The HTTP server: the API, the health report, and the application at every other path. */
export function createHttpServer({ graphql, health, webRoot }: ServerOptions): Server {
  const web = existsSync(webRoot)
    ? sirv(webRoot, { single: true, etag: true, gzip: true, setHeaders: secureHeaders })
    : undefined;

  return createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0]!;
    if (path === GRAPHQL_PATH) return graphql(request, response);
    if (path === '/health' || path.startsWith('/health/')) return answerHealth(path, health(), response);
    if (web && (request.method === 'GET' || request.method === 'HEAD')) {
      return web(request, response, () => notFound(response));
    }
    notFound(response);
  });
}

function secureHeaders(response: ServerResponse, path: string): void {
  response.setHeader('Content-Security-Policy', contentSecurityPolicy);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Referrer-Policy', 'no-referrer');
  // Files under /assets carry a hash of their content in their names.
  const immutable = path.includes('/assets/');
  response.setHeader('Cache-Control', immutable ? 'public, max-age=31536000, immutable' : 'no-cache');
}

/** `/health/live` while the process runs; `/health/ready` while events are delivered; `/health` tells both and why. */
function answerHealth(path: string, { ready, report }: Health, response: ServerResponse): void {
  if (path !== '/health' && path !== '/health/live' && path !== '/health/ready') return notFound(response);
  const healthy = path === '/health/live' || ready;
  response.writeHead(healthy ? 200 : 503, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify({ ready, ...report }));
}

function notFound(response: ServerResponse): void {
  response.writeHead(404, { 'Content-Type': 'text/plain' }).end('Not found. The API is at /graphql.\n');
}
