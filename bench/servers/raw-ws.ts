/** The upper limit: `ws` sends a prepared text to every socket. There is no GraphQL, no check of rights, and no log. */
import { createServer } from 'node:http';
import { Redis } from 'ioredis';
import { WebSocketServer, type WebSocket } from 'ws';
import { environment, listen } from './listen.ts';

const server = createServer();
const listeners = new Set<WebSocket>();
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on('connection', (socket) => {
  socket.on('message', (data) => {
    const { type } = JSON.parse(String(data)) as { type: string };
    if (type === 'connection_init') socket.send('{"type":"connection_ack"}');
    if (type === 'subscribe') listeners.add(socket);
  });
  socket.on('close', () => listeners.delete(socket));
});

const redis = new Redis(environment('REDIS_URL'));
redis.on('pmessage', (_pattern, _channel, text: string) => {
  for (const socket of listeners) socket.send(text);
});
const prefix = environment('REDIS_PREFIX');
await redis.psubscribe(`${prefix}:messageCreated:*`, `${prefix}:events:*`);
listen(server);
