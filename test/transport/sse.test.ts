import { connect } from 'node:net';
import { expect } from 'vitest';
import { expiringToken, startTestServer, type TestServer } from '../support/app.ts';
import { EVENTS, group, send } from '../support/documents.ts';
import { consecutive } from '../support/follower.ts';
import { until } from '../support/until.ts';
import { withServer } from '../support/test.ts';

const test = withServer({ maxBufferedBytes: 65_536 }).extend('chat', ({ ada, grace }) => group(ada, grace));

const subscribers = ({ app }: TestServer) => app.fanout.size().subscribers;
const noSubscriber = (server: TestServer) =>
  until(
    () => subscribers(server) === 0,
    () => `no subscriber; there are ${subscribers(server)}`,
  );

/** A stream as it arrives, and how it ended: it was completed by the server, or broken off. */
async function openStream({ url }: TestServer, token: string, { accept = 'text/event-stream' } = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept, authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: EVENTS }),
  });
  const stream = { response, text: '', ended: '' };
  const read = async () => {
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) stream.text += chunk;
  };
  return {
    ...stream,
    read: () =>
      read().then(
        () => ({ text: stream.text, ended: 'completed' }),
        () => ({ text: stream.text, ended: 'broken off' }),
      ),
  };
}

/** The positions of the events that have arrived completely. */
const positionsIn = (text: string): number[] =>
  [...text.matchAll(/^data: (\{.*\})\n\n/gm)].flatMap(([, json]) => {
    const { data } = JSON.parse(json!) as { data: { events: { position?: number } } };
    return data.events.position ?? [];
  });

test('a stream whose token expires is broken off, without an error and without a completion', async ({
  server,
  ada,
  grace,
}) => {
  const stream = await openStream(server, await expiringToken(ada, 2));
  const reading = stream.read();
  await until(() => subscribers(server) === 1);
  let slowest = 0;
  await until(
    async () => {
      const begun = performance.now();
      await grace.ask('{ viewer { id } }');
      slowest = Math.max(slowest, performance.now() - begun);
      return subscribers(server) === 0;
    },
    () => 'the end of the stream',
    5_000,
  );
  const { text, ended } = await reading;
  expect(ended).toBe('broken off');
  expect(text).toContain('CaughtUp');
  expect(text).not.toMatch(/error|complete/i);
  expect(slowest).toBeLessThan(1_000);
});

test(
  'a client that does not read is disconnected, others receive everything, and it resumes without loss',
  { timeout: 60_000 },
  async ({ server, ada, grace, chat }) => {
    const slow = await openStream(server, ada.token);
    const brisk = await grace.followSse(EVENTS);
    await until(() => subscribers(server) === 2);
    // A character of four bytes, so that few messages are needed: the system buffers some megabytes for a client that
    // does not read.
    const content = '𝕏'.repeat(4_000);
    let last = 0;
    while (subscribers(server) === 2 && last < 3_000) {
      const sent = await Promise.all(Array.from({ length: 10 }, () => send(grace, chat, content)));
      last = Math.max(...sent.map(({ position }) => position));
    }
    expect(subscribers(server)).toBe(1);
    await brisk.item(({ position }) => position === last, 'the last message');
    const { text, ended } = await slow.read();
    expect(ended).toBe('broken off');
    expect(text).not.toMatch(/event: complete|errors/);
    const got = positionsIn(text);
    expect(got).toEqual(consecutive(3, 2 + got.length));
    const again = ada.subscribe(EVENTS, { since: [{ chatId: chat.id, position: 2 + got.length }] });
    await again.item(({ position }) => position === last, 'the last message');
    const resumed = again.items.flatMap(({ position }) => (typeof position === 'number' ? [position] : []));
    expect([...got, ...resumed]).toEqual(consecutive(3, last));
    again.stop();
    brisk.stop();
    await noSubscriber(server);
  },
);

test('nothing is kept of a client that disconnects, however early', async ({ server, ada, grace }) => {
  const body = JSON.stringify({ query: EVENTS });
  const head = [
    'POST /graphql HTTP/1.1',
    'Host: localhost',
    'Content-Type: application/json',
    'Accept: text/event-stream',
    `Authorization: Bearer ${ada.token}`,
    `Content-Length: ${body.length}`,
  ].join('\r\n');
  await Promise.all(
    Array.from({ length: 50 }, async (_, i) => {
      const socket = connect({ port: server.app.port, host: '127.0.0.1' }).on('error', () => undefined);
      socket.write(`${head}\r\n\r\n${body}`);
      await new Promise((resolve) => setTimeout(resolve, i));
      socket.resetAndDestroy();
    }),
  );
  await grace.ask('{ viewer { id } }');
  await noSubscriber(server);
});

test('nothing is kept of a subscription whose client does not accept a stream', async ({ server, ada }) => {
  const { response } = await openStream(server, ada.token, { accept: 'application/json' });
  expect(response.status).toBe(406);
  await noSubscriber(server);
});

test('a server that stops breaks off its streams', async ({ server, ada }) => {
  const stopping = await startTestServer({ database: server.database });
  const stream = await ada.at(stopping).followSse(EVENTS);
  await stream.item(({ __typename }) => __typename === 'CaughtUp');
  const begun = performance.now();
  await stopping.stop();
  expect(performance.now() - begun).toBeLessThan(5_000);
  await stream.end();
  expect(stream.error).toMatchObject({ message: 'terminated' });
  expect(stream.results.filter(({ errors }) => errors)).toEqual([]);
});
