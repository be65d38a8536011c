import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Message } from '../../src/database/generated/client.ts';
import { logEvent } from '../../src/log/chat-transaction.ts';
import { dateColumns, decodeJoined, decodePublished, encodePublished } from '../../src/log/wire-format.ts';

const schema = readFileSync('prisma/schema.prisma', 'utf8');

test.each(Object.entries(dateColumns))('every time in %s is decoded as a time', (model, columns) => {
  const [, body = ''] = new RegExp(`^model ${model} \\{$([^}]*)^\\}$`, 'm').exec(schema) ?? [];
  const dates = [...body.matchAll(/^ {2}(\w+) +DateTime\b/gm)].map(([, column]) => column);
  expect(dates.length).toBeGreaterThan(0);
  expect([...columns].toSorted()).toEqual(dates.toSorted());
});

const at = new Date('2026-11-26T10:00:00.123Z');
const event = logEvent({ type: 'MESSAGE_CREATED', actorId: 'ada', messageId: 'm' }, 'c', 7, at);
const message: Message = {
  id: 'm',
  chatId: 'c',
  position: 7,
  revision: 7,
  authorId: 'ada',
  type: 'TEXT',
  content: '2026-11-26T10:00:00.123Z',
  payload: { at: '2026-11-26T10:00:00.123Z' },
  replyToId: null,
  mentionsEveryone: false,
  createdAt: at,
  updatedAt: null,
  deletedAt: null,
};
const author = { id: 'ada', username: 'ada', displayName: 'Ada', createdAt: at };

interface Wire {
  event: Record<string, unknown>;
  snapshot: { message: Record<string, unknown>; author: Record<string, unknown> };
}

/** A payload as a server of another version would publish it. */
function change(work: (wire: Wire) => void): string {
  const wire = JSON.parse(encodePublished({ event, snapshot: { message, author } })) as Wire;
  work(wire);
  return JSON.stringify(wire);
}

test('rows are decoded as they were encoded, and a text that looks like a time stays a text', () => {
  expect(decodePublished(encodePublished({ event, snapshot: { message, author } }))).toEqual({
    event,
    snapshot: { message, author },
  });
});

test('an older server’s rows: without a column a message or an author is dropped, and an event has null', () => {
  expect(decodePublished(change(({ snapshot }) => delete snapshot.message.revision))).toEqual({ event });
  expect(decodePublished(change(({ snapshot }) => delete snapshot.author.username))).toEqual({
    event,
    snapshot: { message },
  });
  expect(decodePublished(change((wire) => delete wire.event.emoji))).toEqual({ event, snapshot: { message, author } });
});

test('a newer server’s columns are left out', () => {
  const newer = change(({ event, snapshot }) => {
    for (const row of [event, snapshot.message, snapshot.author]) row.ofALaterVersion = 1;
  });
  expect(decodePublished(newer)).toEqual({ event, snapshot: { message, author } });
});

test.each([
  ['no JSON', 'hello'],
  ['a joining', '{"chatId":"c","position":1}'],
  ['no position', change((wire) => delete wire.event.position)],
  ['no time', change((wire) => (wire.event.occurredAt = 'yesterday'))],
])('%s is not an event', (_, payload) => {
  expect(() => decodePublished(payload)).toThrow();
});

test('a payload without a chat or a position is not a joining', () => {
  expect(decodeJoined('{"chatId":"c","position":1}')).toEqual({ chatId: 'c', position: 1 });
  expect(() => decodeJoined('{"version":7}')).toThrow();
});
