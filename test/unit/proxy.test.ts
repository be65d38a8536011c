import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startProxy, type Proxy } from '../support/proxy.ts';

let echo: Server;
let proxy: Proxy;
const upstreams = new Set<Socket>();

beforeEach(async () => {
  echo = createServer((socket) => {
    upstreams.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => upstreams.delete(socket));
    socket.pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  proxy = await startProxy({ target: { host: '127.0.0.1', port: (echo.address() as AddressInfo).port } });
});

afterEach(async () => {
  await proxy.close();
  echo.close();
});

function open() {
  const socket = connect(proxy.port, '127.0.0.1').setEncoding('utf8');
  const seen = { received: '', closedBy: '' };
  socket.on('data', (data: string) => (seen.received += data));
  socket.on('error', (error: NodeJS.ErrnoException) => (seen.closedBy = error.code ?? ''));
  socket.on('close', () => (seen.closedBy ||= 'FIN'));
  return { socket, seen };
}

test('forwards both ways, and the end of a connection', async () => {
  const { socket, seen } = open();
  socket.write('hello');
  await expect.poll(() => seen.received).toBe('hello');
  socket.end();
  await expect.poll(() => seen.closedBy).toBe('FIN');
  await expect.poll(() => upstreams.size).toBe(0);
});

test('cut resets connections, even new ones, on both sides; heal lets new ones through', async () => {
  const { socket, seen } = open();
  socket.write('hello');
  await expect.poll(() => seen.received).toBe('hello');
  proxy.cut();
  await expect.poll(() => seen.closedBy).toBe('ECONNRESET');
  await expect.poll(() => upstreams.size).toBe(0);
  const refused = open();
  await expect.poll(() => refused.seen.closedBy).toBe('ECONNRESET');
  proxy.heal();
  const healed = open();
  healed.socket.write('again');
  await expect.poll(() => healed.seen.received).toBe('again');
});

test('freeze holds back bytes and endings of old and new connections; thaw delivers them', async () => {
  const [old, ended] = [open(), open()];
  old.socket.write('1');
  ended.socket.write('1');
  await expect.poll(() => old.seen.received + ended.seen.received).toBe('11');
  proxy.freeze();
  const fresh = open();
  await once(fresh.socket, 'connect');
  old.socket.write('2');
  fresh.socket.write('3');
  ended.socket.end();
  // After a round trip past the proxy, a forwarded byte would have arrived.
  const direct = connect((echo.address() as AddressInfo).port, '127.0.0.1').end('ping');
  await once(direct.resume(), 'close');
  expect([old.seen.received, fresh.seen.received, ended.seen.closedBy]).toEqual(['1', '', '']);
  proxy.thaw();
  await expect.poll(() => old.seen.received).toBe('12');
  await expect.poll(() => fresh.seen.received).toBe('3');
  await expect.poll(() => ended.seen.closedBy).toBe('FIN');
});

test('through leads a URL to the proxy and keeps the rest', () => {
  const url = 'postgresql://me:secret@db.example:5432/parley?schema=public';
  expect(proxy.through(url)).toBe(`postgresql://me:secret@127.0.0.1:${proxy.port}/parley?schema=public`);
});
