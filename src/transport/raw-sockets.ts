import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { countedLine } from '../counted-line.ts';
import { securityHeaders } from './headers.ts';

type Upgrade = [request: IncomingMessage, socket: Duplex, head: Buffer];

/** Milliseconds that a client has to read why it was refused, and to hang up. */
const LINGER_MS = 1_000;

/**
 * Tracks the connections of a server. Node.js removes its `error` listener from a connection that
 * asks for an upgrade, and an error without a listener ends the process: this one stays.
 */
export function trackSockets(server: Server) {
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    socket.on('error', () => socket.destroy());
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return {
    /** Destroys all connections. */
    destroyAll() {
      for (const socket of open) socket.destroy();
    },
  };
}

/** Handles upgrade requests. If the listener throws, only that connection is closed. */
export function onUpgrade(server: Server, logger: Logger, take: (...upgrade: Upgrade) => void): void {
  const failed = countedLine(logger, 'error', 'a request for an upgrade failed');
  server.on('upgrade', (...upgrade: Upgrade) => {
    try {
      take(...upgrade);
    } catch (error) {
      failed.add(error);
      upgrade[1].destroy();
    }
  });
}

/** Answers a request for an upgrade with an HTTP error, and closes its connection whatever the client does. */
export function refuseUpgrade(socket: Duplex, status: number, reason: string, headers: readonly string[] = []): void {
  const text = `${reason}\n`;
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Content-Type: text/plain',
    `Content-Length: ${Buffer.byteLength(text)}`,
    ...Object.entries(securityHeaders).map(([name, value]) => `${name}: ${value}`),
    ...headers,
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${text}`);
  // Keep reading: closing with unread bytes sends a reset, which can overtake the answer.
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(timer));
}
