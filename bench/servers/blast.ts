/**
 * Writes prepared frames as fast as its sockets take them. It shows how much the load generator can receive at most.
 */
import { createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { listen } from './listen.ts';

const PAYLOAD = 600;
const server = createServer();
const sockets = new WebSocketServer({ noServer: true });
server.on('upgrade', (request, socket: Duplex, head) => {
  sockets.handleUpgrade(request, socket, head, (client) => {
    client.on('message', (data) => {
      const { type, payload } = JSON.parse(String(data)) as { type: string; payload: { variables: Plan } };
      if (type === 'connection_init') client.send('{"type":"connection_ack"}');
      if (type === 'subscribe') blast(socket, payload.variables);
    });
  });
});
listen(server);

interface Plan {
  writes: number;
  framesPerWrite: number;
}

function blast(socket: Duplex, { writes, framesPerWrite }: Plan): void {
  const frame = Buffer.concat([Buffer.from([0x81, 126, PAYLOAD >> 8, PAYLOAD & 255]), Buffer.alloc(PAYLOAD, 'x')]);
  const frames = Buffer.concat(Array.from({ length: framesPerWrite }, () => frame));
  let left = writes;
  const turn = () => {
    if (left-- === 0) return;
    if (socket.write(frames)) setImmediate(turn);
    else socket.once('drain', turn);
  };
  turn();
}
