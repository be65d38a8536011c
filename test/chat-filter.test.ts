import { describe, expect } from 'vitest';
import { silent, type TestUser } from './support/app.ts';
import { does, send, type Chat } from './support/documents.ts';
import { allPages } from './support/pages.ts';
import { keep, markUnread } from './support/read-state.ts';
import { countStatements } from './support/statements.ts';
import { withServer } from './support/test.ts';

const test = withServer(silent);

/** The titles of the user's chats that match a filter, in order, read page by page. */
const list = async (user: TestUser, filter: object | null, first = 2): Promise<string[]> =>
  (
    await allPages<{ title: string }>(
      user,
      `query ($filter: ChatFilter, $first: Int, $after: String) { chats(filter: $filter, first: $first, after: $after) {
        edges { node { title } } pageInfo { hasNextPage endCursor } } }`,
      { filter, first },
    )
  ).map(({ title }) => title);

/** Creates a group of these two users. */
const titled = (user: TestUser, other: TestUser, title: string): Promise<Chat> =>
  does(user, 'createChat', { kind: 'GROUP', title, memberIds: [other.id] });

describe('a list', () => {
  test('with a filter lists the matching chats, in pages; without one all chats', async ({ ada, grace }) => {
    await titled(ada, grace, 'plain');
    const [archived, pinned, news] = [
      await titled(ada, grace, 'archived'),
      await titled(ada, grace, 'pinned'),
      await titled(ada, grace, 'news'),
    ];
    const [hidden, newer] = [await titled(ada, grace, 'hidden'), await titled(ada, grace, 'newer pin')];
    const marked = await titled(ada, grace, 'marked');
    await send(grace, news);
    await keep(ada, archived, { isArchived: true });
    await send(grace, archived);
    await keep(ada, newer, { isPinned: true });
    await keep(ada, pinned, { isPinned: true });
    await keep(ada, newer, { isPinned: false });
    await keep(ada, newer, { isPinned: true });
    await keep(ada, hidden, { isHidden: true });
    await markUnread(ada, marked, 1);

    expect(await list(ada, null)).toEqual([
      ...['archived', 'news', 'marked', 'newer pin', 'hidden', 'pinned', 'plain'],
    ]);
    expect(await list(ada, {})).toEqual(['archived', 'news', 'marked', 'newer pin', 'pinned', 'plain']);
    expect(await list(ada, { includeHidden: true })).toHaveLength(7);
    expect(await list(ada, { isArchived: true })).toEqual(['archived']);
    expect(await list(ada, { isArchived: false, isPinned: false })).toEqual(['news', 'marked', 'plain']);
    expect(await list(ada, { isPinned: true }, 1)).toEqual(['newer pin', 'pinned']);
    expect(await list(ada, { isUnread: true })).toEqual(['archived', 'news', 'marked']);
    expect(await list(ada, { isUnread: true, isArchived: false }, 1)).toEqual(['news', 'marked']);
    expect(await list(ada, { isUnread: false })).toEqual(['newer pin', 'pinned', 'plain']);
    expect(await list(grace, { isArchived: true })).toEqual([]);

    await send(grace, hidden);
    expect((await list(ada, {}))[0]).toBe('hidden');
  });

  test('with any filter takes one statement', async ({ ada, grace }) => {
    for (let i = 0; i < 3; i++) await send(grace, await titled(ada, grace, `${i}`));
    for (const filter of [null, {}, { isPinned: true }, { isArchived: false, isUnread: true }]) {
      expect(await countStatements(() => list(ada, filter, 50))).toBe(1);
    }
  });

  test('refuses the cursor of another order', async ({ ada, grace }) => {
    await keep(ada, await titled(ada, grace, 'pinned'), { isPinned: true });
    const page = await ada.ask<{ edges: { cursor: string }[] }>('{ chats { edges { cursor } } }');
    const { errors } = await ada.request(
      'query ($after: String) { chats(filter: { isPinned: true }, after: $after) { edges { cursor } } }',
      { after: page.edges[0]!.cursor },
    );
    expect(errors).toMatchObject([{ message: 'after: this is not a cursor of this connection.' }]);
  });
});
