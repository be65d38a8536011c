import { Prisma } from './generated/client.ts';

type Fields = Record<string, string>;

const snake = (field: string) => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The columns of a model for a raw SELECT, under the model's names: `m.chat_id AS "chatId", …`. */
export const columns = (alias: string, fields: Fields): Prisma.Sql =>
  Prisma.raw(
    Object.keys(fields)
      .map((field) => `${alias}.${snake(field)} AS "${field}"`)
      .join(', '),
  );

/** An INSERT of any number of rows as one parameter: `createMany` takes one for each value of each row. */
export function insertAll(table: string, fields: Fields, rows: readonly object[]): Prisma.Sql {
  const names = Prisma.raw(Object.keys(fields).map(snake).join(', '));
  const json = JSON.stringify(
    rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([field, value]) => [snake(field), value as unknown])),
    ),
  );
  return Prisma.sql`
    INSERT INTO ${Prisma.raw(table)} (${names})
    SELECT ${names} FROM jsonb_populate_recordset(NULL::${Prisma.raw(table)}, ${json}::jsonb)`;
}
