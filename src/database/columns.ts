import { Prisma } from './generated/client.ts';

/** An object whose keys are the fields of a model. */
type Fields = Readonly<Record<string, unknown>>;

const snake = (field: string) => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/**
 * The columns of a model for a raw SELECT, under the model's names: `m.chat_id AS "chatId", …`. A prefix keeps the
 * columns of two models in one row apart; `withoutPrefix` takes them out again.
 */
export const columns = (alias: string, fields: Fields, prefix = ''): Prisma.Sql =>
  Prisma.raw(
    Object.keys(fields)
      .map((field) => `${alias}.${snake(field)} AS "${prefix}${field}"`)
      .join(', '),
  );

/** The model that `columns` read under this prefix. */
export function withoutPrefix<Model>(row: Record<string, unknown>, fields: Fields, prefix: string): Model {
  return Object.fromEntries(Object.keys(fields).map((field) => [field, row[prefix + field]])) as Model;
}

/** Rows as JSON with the names of their columns, so that any number of rows is one parameter. */
export const recordset = (rows: readonly object[]): string =>
  JSON.stringify(
    rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([field, value]) => [snake(field), value as unknown])),
    ),
  );

/** An INSERT of any number of rows as one parameter. Prisma's `createMany` needs a parameter for each value. */
export function insertAll(table: string, fields: Fields, rows: readonly object[]): Prisma.Sql {
  const names = Prisma.raw(Object.keys(fields).map(snake).join(', '));
  return Prisma.sql`
    INSERT INTO ${Prisma.raw(table)} (${names})
    SELECT ${names} FROM jsonb_populate_recordset(NULL::${Prisma.raw(table)}, ${recordset(rows)}::jsonb)`;
}

/**
 * The columns of a model for an INSERT … SELECT from rows under an alias. `instead` gives expressions for fields whose
 * values do not come from the rows.
 */
export function insertedColumns(alias: string, fields: Fields, instead: Readonly<Record<string, string>>) {
  const names = Object.keys(fields);
  return {
    names: Prisma.raw(names.map(snake).join(', ')),
    values: Prisma.raw(names.map((field) => instead[field] ?? `${alias}.${snake(field)}`).join(', ')),
  };
}

/** An UPDATE of the given columns of one row. The table has the alias `t` in `where`. */
export function updateOne(table: string, values: object, where: Prisma.Sql): Prisma.Sql {
  const names = Object.keys(values).map(snake);
  const set = Prisma.raw(names.map((name) => `${name} = new.${name}`).join(', '));
  return Prisma.sql`
    UPDATE ${Prisma.raw(table)} t SET ${set}
    FROM jsonb_populate_recordset(NULL::${Prisma.raw(table)}, ${recordset([values])}::jsonb) AS new WHERE ${where}`;
}
