import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { buildSchema, isInterfaceType, isObjectType } from 'graphql';
import { expect, test } from 'vitest';
import { isKnown, stale } from '../../../client/cache/stale.ts';

/** What no event changes. */
const LASTING = {
  Chat: ['id', 'kind', 'createdAt', 'createdBy'],
  Message: [
    'id',
    'chat',
    'chatId',
    'author',
    'authorId',
    'type',
    'createdAt',
    'position',
    'replyTo',
    'replyToId',
    'status',
  ],
};
/** What is kept up to date by itself: places in lists, what the kit needs of every answer, and what is unread. */
const PLACED = {
  Chat: ['messages', 'lastMessage', 'lastActivityAt', 'position', 'viewerState'],
  Message: ['revision'],
};
const schema = buildSchema(await readFile(resolve(import.meta.dirname, '../../../schema.graphql'), 'utf8'));

const fieldsOf = (name: string): string[] => {
  const type = schema.getType(name);
  return isObjectType(type) ? Object.keys(type.getFields()) : [];
};

/** An event that the server does not know. */
const UNKNOWN = ['EventSkipped'];

test('the kit knows of every item what it makes stale, but of those that the server does not know', () => {
  const items = schema.getType('StreamItem');
  const names = isInterfaceType(items) ? schema.getPossibleTypes(items).map(({ name }) => name) : [];
  expect(names.filter((__typename) => !isKnown({ __typename }))).toEqual(UNKNOWN);
});

test.each(['Chat', 'Message'] as const)('every field of %s is made stale by an event, kept, or lasting', (type) => {
  const changed = Object.values(stale).flatMap((of) => (type === 'Chat' ? of.chat : of.message) ?? []);
  const known = new Set([...changed, ...LASTING[type], ...PLACED[type]]);
  expect([...known].sort()).toEqual(fieldsOf(type).sort());
});
