import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import { required } from '../required.ts';
import { contentSecurity } from './headers.ts';

/** The paths of the application's pages, as in its `router.ts`. All of them are one file. */
const PAGE = /^\/(?:new|mentions|(?:chats|settings)(?:\/.*)?)?$/;

const mediaTypes: Record<string, string> = {
  '.html': 'text/html;charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

interface File {
  body: Buffer;
  /** The file as the build has compressed it, if that saves bytes. */
  gzipped: Buffer | undefined;
  headers: Record<string, string>;
}

/**
 * Serves the built application: a file, or the page for one of its paths. Any other request is
 * left to `next`. The files, about a megabyte, are in memory: a client that hangs up in the middle leaves none open.
 */
export function createWebApplication(root: string) {
  const files = readFiles(root);
  const page = files.get('/index.html');
  return (path: string, request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    const isNavigation = path === '/' || request.headers.accept?.includes('text/html') === true;
    const file = files.get(path) ?? (isNavigation && PAGE.test(path) ? page : undefined);
    if (!file || (request.method !== 'GET' && request.method !== 'HEAD')) return next();
    const isKnown = request.headers['if-none-match']?.includes(required(file.headers.ETag)) === true;
    const gzipped = request.headers['accept-encoding']?.includes('gzip') ? file.gzipped : undefined;
    const body = gzipped ?? file.body;
    response.writeHead(isKnown ? 304 : 200, {
      ...file.headers,
      ...(gzipped && { 'Content-Encoding': 'gzip' }),
      'Content-Length': body.length,
    });
    response.end(isKnown || request.method === 'HEAD' ? undefined : body);
  };
}

function readFiles(root: string): Map<string, File> {
  const files = new Map<string, File>();
  if (!existsSync(root)) return files;
  for (const entry of readdirSync(root, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || entry.name.endsWith('.gz')) continue;
    const file = join(entry.parentPath, entry.name);
    files.set(`/${relative(root, file).replaceAll(sep, '/')}`, readFile(file));
  }
  return files;
}

function readFile(file: string): File {
  const body = readFileSync(file);
  // Files under /assets carry a hash of their content in their names.
  const immutable = file.includes(`${sep}assets${sep}`);
  const headers = {
    'Content-Type': mediaTypes[extname(file)] ?? 'application/octet-stream',
    'Content-Security-Policy': contentSecurity.application,
    'Cache-Control': immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    Vary: 'Accept-Encoding',
    // The tag is weak, because it is the same for both encodings.
    ETag: `W/"${createHash('sha256').update(body).digest('base64url')}"`,
  };
  return { body, gzipped: existsSync(`${file}.gz`) ? readFileSync(`${file}.gz`) : undefined, headers };
}
