import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { buildSchema, isInterfaceType, isObjectType } from 'graphql';
import { expect, test } from 'vitest';
import { isKnown, stale } from '../../../client/cache/stale.ts';

/** Fields that no event changes. */
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
/** Fields that the kit keeps up to date: places in lists, the fields that the kit needs, and unread counts. */
const PLACED = {
  Chat: ['messages', 'lastMessage', 'lastActivityAt', 'position', 'viewerState'],
  Message: ['revision'],
};
const schema = buildSchema(await readFile(resolve(import.meta.dirname, '../../../schema.graphql'), 'utf8'));

const fieldsOf = (name: string): string[] => {
  const type = schema.getType(name);
  return isObjectType(type) ? Object.keys(type.getFields()) : [];
};

/** Events that the server does not know. */
const UNKNOWN = ['EventSkipped'];

test('the kit knows what each item makes stale, except items that the server does not know', () => {
  const items = schema.getType('StreamItem');
  const names = isInterfaceType(items) ? schema.getPossibleTypes(items).map(({ name }) => name) : [];
  expect(names.filter((__typename) => !isKnown({ __typename }))).toEqual(UNKNOWN);
});

test.each(['Chat', 'Message'] as const)(
  'every field of %s is made stale by an event, kept up to date, or never changes',
  (type) => {
    const changed = Object.values(stale).flatMap((of) => (type === 'Chat' ? of.chat : of.message) ?? []);
    const known = new Set([...changed, ...LASTING[type], ...PLACED[type]]);
    expect([...known].sort()).toEqual(fieldsOf(type).sort());
  },
);
