import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/** Opens a connection. Its errors are ignored, and it is closed only by the test. */
export async function dial(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/**
 * Sends these bytes, and returns everything that the server answers until it closes the connection. Rejects if it does
 * not close it.
 */
export async function answerTo(port: number, bytes: string, ms = 5_000): Promise<string> {
  const socket = await dial(port);
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
  const ended = new Promise<true>((resolve) =>
    socket.once('end', () => resolve(true)).once('close', () => resolve(true)),
  );
  socket.write(bytes, 'latin1');
  const late = new AbortController();
  const inTime = await Promise.race([ended, setTimeout(ms, false, { signal: late.signal })]);
  late.abort();
  socket.destroy();
  if (!inTime) throw new Error(`After ${ms} ms there is no end of the answer to ${JSON.stringify(bytes)}: ${answer}`);
  return answer;
}

/** Sends these bytes, and resets the connection after some milliseconds. */
export async function resetAfter(port: number, bytes: string, ms: number): Promise<void> {
  const socket = await dial(port);
  socket.write(bytes, 'latin1');
  if (ms > 0) await setTimeout(ms);
  socket.resetAndDestroy();
  if (!socket.closed) await once(socket, 'close');
}

/** A complete request for an upgrade, with some headers replaced; null leaves a header out. */
export function upgradeTo(path: string, replaced: Record<string, string | null> = {}): string {
  const headers = {
    Host: 'localhost',
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Protocol': 'graphql-transport-ws',
    ...replaced,
  };
  const lines = Object.entries(headers).flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]));
  return [`GET ${path} HTTP/1.1`, ...lines, '', ''].join('\r\n');
}

/** The number of open files of a process, including its connections. */
export const openFiles = async (pid: number): Promise<number> => (await readdir(`/proc/${pid}/fd`)).length;
