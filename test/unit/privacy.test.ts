import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { exported } from '../../src/operations/export-user.ts';

const page = readFileSync('docs/privacy.md', 'utf8');

/** Every column that identifies a user: foreign keys, and columns of the log without a relation. */
function columnsOfUsers(schema: string): string[] {
  return [...schema.matchAll(/^model (\w+) \{$([^}]*)^\}$/gm)].flatMap(([, model = '', body = '']) => {
    const table = /@@map\("(\w+)"\)/.exec(body)?.[1] ?? model;
    const related = [...body.matchAll(/\bUser\??\s+@relation\(.*?fields: \[(\w+)\]/g)].map(([, field]) => field);
    const fields = [...body.matchAll(/^ {2}(\w+)\s+String\??.*?(?:@map\("(\w+)"\))?.*$/gm)].map(([line]) => ({
      name: /^ {2}(\w+)/.exec(line)![1]!,
      column: /@map\("(\w+)"\)/.exec(line)?.[1] ?? /^ {2}(\w+)/.exec(line)![1]!,
    }));
    const named = fields.filter(
      ({ name, column }) =>
        related.includes(name) || /^(user|actor|author|owner|blocked)_id$|^direct_pair$/.test(column),
    );
    return [...(model === 'User' ? ['user.id'] : []), ...named.map(({ column }) => `${table}.${column}`)];
  });
}

const listed = (text: string) => [...text.matchAll(/^\| `(\w+\.\w+)`/gm)].map(([, column]) => column!);

test('the page lists every column that identifies a user, and no other', () => {
  const columns = columnsOfUsers(readFileSync('prisma/schema.prisma', 'utf8'));

  expect(columns.length).toBeGreaterThan(10);
  expect(listed(page).toSorted()).toEqual(columns.toSorted());
});

test('a missing table is found', () => {
  const schema = `model Note {
  id      String @id
  ownerBy String @map("owner_by")
  writer  User   @relation(fields: [ownerBy], references: [id])
  @@map("note")
}
model Line {
  actorId String @map("actor_id")
  @@map("line")
}
`;
  expect(columnsOfUsers(schema)).toEqual(['note.owner_by', 'line.actor_id']);
});

test('the page says of each column whether it is exported', () => {
  const isExported = exported.map(({ table, of }) => `${table}.${of}`);
  const said = [...page.matchAll(/^\| `(\w+\.\w+)`.*\| (yes|no|with)[^|]*\|$/gm)].map(([, column, answer]) => [
    column,
    answer,
  ]);

  expect(said).toHaveLength(listed(page).length);
  expect(said.filter(([, answer]) => answer === 'yes').map(([column]) => column)).toEqual(isExported);
});
