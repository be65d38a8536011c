import { CloseCode, type Server } from 'graphql-ws';
import { WebSocket } from 'ws';
import { limits } from '../limits.ts';

/** Milliseconds between pings. A peer that has not answered a ping when the next is due counts as gone. */
const PING_MS = 12_000;

/** graphql-ws would answer a ping with the ping's payload, which may be a token. So the pong is sent without one. */
const PONG = '{"type":"pong"}';
const withoutEcho = (data: string): string => (data.startsWith(PONG.slice(0, -1)) ? PONG : data);

/**
 * Runs graphql-ws on a socket as its `useServer` does, except that nothing is written to the console. What a client
 * does wrong closes its socket, and is told to `onError`.
 */
export function runProtocol<Extra extends { socket: WebSocket }>(
  server: Server<Extra>,
  extra: Extra,
  onError: (error: unknown) => void,
): void {
  const { socket } = extra;
  // After a bad frame `ws` has closed the socket already, with the code that says what was wrong.
  socket.on('error', onError);
  const closed = server.opened(
    {
      protocol: socket.protocol,
      send: (data) =>
        new Promise((resolve) => {
          // A socket that fails to send is about to close.
          if (socket.readyState === WebSocket.OPEN) socket.send(withoutEcho(data), () => resolve());
          else resolve();
        }),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (take) =>
        socket.on('message', (data: Buffer) => {
          const text = data.toString();
          if (hasLongId(text)) {
            return socket.close(
              CloseCode.BadRequest,
              `The id of an operation has at most ${limits.echoedCharacters} characters`,
            );
          }
          take(text).catch((error: unknown) => {
            onError(error);
            socket.close(CloseCode.BadRequest, 'Invalid message received');
          });
        }),
    },
    extra,
  );
  let isAlive = true;
  socket.on('pong', () => (isAlive = true));
  const pinging = setInterval(() => {
    if (!isAlive) return socket.terminate();
    isAlive = socket.readyState !== WebSocket.OPEN;
    if (!isAlive) socket.ping();
  }, PING_MS);
  socket.once('close', (code, reason) => {
    clearInterval(pinging);
    closed(code, reason.toString()).catch(onError);
  });
}

/** The id of an operation is repeated in each of its messages. */
function hasLongId(text: string): boolean {
  if (text.length <= limits.echoedCharacters) return false;
  try {
    const message = JSON.parse(text) as { id?: unknown } | null;
    return typeof message?.id === 'string' && message.id.length > limits.echoedCharacters;
  } catch {
    // graphql-ws says what is wrong with it.
    return false;
  }
}
