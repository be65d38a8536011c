import { expect } from 'vitest';
import { silent } from './support/app.ts';
import { group } from './support/documents.ts';
import { look, tells } from './support/presence.ts';
import { countStatements, recordStatements } from './support/statements.ts';
import { withServer } from './support/test.ts';

// A file of its own, because a user of another test who leaves is removed some seconds later, and that statement would
// count.
const test = withServer(silent);

test('the presence of all members of a page is read in one statement', async ({ server, ada }) => {
  const people = await Promise.all(Array.from({ length: 20 }, () => server.user()));
  const chat = await group(ada, ...people);
  const query =
    'query ($id: ID!) { chat(id: $id) { members(first: 50) { edges { node { user { presence { status } } } } } } }';
  const statements = (await recordStatements(() => ada.request(query, chat))).flat();
  expect(statements.filter((sql) => sql.includes('presence'))).toHaveLength(1);
});

test('a comparison takes one statement for any number of users, and a change takes none for its viewers', async ({
  server,
  ada,
  grace,
}) => {
  const people = await Promise.all(Array.from({ length: 30 }, () => server.user()));
  await group(ada, grace, ...people);
  const watching = await Promise.all(people.map((user) => look(user, { users: [grace, ...people] })));
  expect(await countStatements(() => server.app.presence.compare())).toBe(1);

  const active = await look(grace);
  for (const stream of watching) await tells(stream, grace, 'ONLINE');
  const change = async () => {
    const resting = await look(grace, { isActive: false });
    active.stop();
    for (const stream of watching) await tells(stream, grace, 'IDLE');
    watching.push(resting);
  };
  const statements = (await recordStatements(change)).flat();
  // It is the statement that writes. Those of transactions and of the check of a session are left out.
  expect(statements.filter((sql) => /presence|chat_member/.test(sql))).toHaveLength(1);
  for (const stream of watching) stream.stop();
});
