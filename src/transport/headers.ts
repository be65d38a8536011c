import type { ServerResponse } from 'node:http';

const policy = (directives: Record<string, string>): string =>
  Object.entries({ 'default-src': "'none'", ...directives, 'base-uri': "'none'", 'frame-ancestors': "'none'" })
    .map(([name, sources]) => `${name} ${sources}`)
    .join('; ');

/** The content security policies. Nothing may be loaded from a third party. */
export const contentSecurity = {
  /** For an answer that is not a page. */
  none: policy({}),
  /** For the pages of the application. */
  application: policy({
    'script-src': "'self'",
    'style-src': "'self'",
    'img-src': "'self' data:",
    'font-src': "'self'",
    'connect-src': "'self'",
    'manifest-src': "'self'",
    'form-action': "'self'",
  }),
  /** For GraphiQL: its page contains its scripts and styles, and its editor creates workers. */
  graphiql: policy({
    'script-src': "'self' 'unsafe-inline' blob:",
    'style-src': "'self' 'unsafe-inline'",
    'img-src': "'self' data:",
    'font-src': "'self' data:",
    'connect-src': "'self'",
    'worker-src': "'self' blob: data:",
    'form-action': "'none'",
  }),
};

/** The headers of every answer. Some branches replace them. */
export const securityHeaders = {
  'Content-Security-Policy': contentSecurity.none,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  // Answers hold tokens, messages and the state of the server.
  'Cache-Control': 'no-store',
  Vary: 'Origin',
};

export function setSecurityHeaders(response: ServerResponse): void {
  for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
}
