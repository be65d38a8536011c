import { createServer, IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { countedLine } from '../counted-line.ts';
import { setSecurityHeaders } from './headers.ts';
import { answerHealth, isHealthPath, type Health } from './health.ts';
import { GRAPHQL_PATH } from './http.ts';
import { readTarget } from './request-path.ts';
import { REQUEST_ID, traceOf } from './request-trace.ts';
import { createWebApplication } from './web-application.ts';

/** Milliseconds that a client may take to send a whole request. */
const REQUEST_MS = 60_000;

export interface ServerOptions {
  graphql: RequestListener;
  health(): Health;
  logger: Logger;
  /** The folder of the built application. If it does not exist, the server has only the API. */
  webRoot: string;
  /** Milliseconds that a client may take to send the headers of a request. */
  handshakeMs: number;
  /** Milliseconds that an idle connection is kept open. */
  keepAliveMs: number;
  /** Maximum number of connections; undefined for no limit. */
  maxConnections: number | undefined;
}

/** The HTTP server: the API, the health report, and the web application. */
export function createHttpServer(options: ServerOptions): Server {
  const { graphql, health, logger, webRoot, handshakeMs, keepAliveMs, maxConnections } = options;
  const web = createWebApplication(webRoot);

  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    setSecurityHeaders(response);
    const { requestId } = traceOf(request.headers);
    request.headers['x-request-id'] = requestId;
    response.setHeader(REQUEST_ID, requestId);
    const path = readTarget(request);
    if (!hasHost(request)) return answerText(response, 400, 'The Host header is not a host: send its name and port.');
    lowerMediaType(request);
    if (path === GRAPHQL_PATH) return void graphql(request, response);
    if (isHealthPath(path)) return answerHealth(path, health(), response);
    web(path, request, response, () => answerText(response, 404, 'Not found. The API is at /graphql.'));
  };

  const failed = countedLine(logger, 'error', 'a request failed');
  const server = createServer(
    {
      IncomingMessage: Request,
      headersTimeout: handshakeMs,
      requestTimeout: Math.max(REQUEST_MS, handshakeMs),
      connectionsCheckingInterval: Math.min(handshakeMs, 5_000),
      keepAliveTimeout: keepAliveMs,
    },
    (request, response) => {
      try {
        answer(request, response);
      } catch (error) {
        failed.add(error);
        if (response.headersSent) response.destroy();
        else answerText(response, 500, 'Something went wrong on the server. Try again later.');
      }
    },
  );
  if (maxConnections !== undefined) server.maxConnections = maxConnections;
  return server;
}

/**
 * Node.js treats each request with an `Upgrade` header as an upgrade. One to another protocol than WebSocket, such as
 * `h2c`, is a request like any other here: a server may ignore the header (RFC 9110, 7.8).
 */
class Request extends IncomingMessage {
  declare private upgradeAsked: boolean | null;

  /** Node.js sets this property when it has read the headers, and reads it to decide whether to emit `upgrade`. */
  get upgrade(): boolean {
    return this.upgradeAsked === true && (this.method === 'CONNECT' || isWebSocket(this));
  }

  set upgrade(asked: boolean | null) {
    this.upgradeAsked = asked;
  }
}

const isWebSocket = ({ headers }: IncomingMessage): boolean => headers.upgrade?.toLowerCase() === 'websocket';

/** Yoga builds a URL from the header, and would throw if it is not valid. */
const hasHost = ({ headers: { host } }: IncomingMessage): boolean => !host || URL.canParse(`http://${host}`);

/** Media types ignore case (RFC 9110, 8.3.1), but Yoga compares them byte by byte. */
function lowerMediaType({ headers }: IncomingMessage): void {
  if (headers['content-type']) headers['content-type'] = headers['content-type'].toLowerCase();
}

function answerText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain' }).end(`${text}\n`);
}
