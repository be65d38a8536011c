import { groupBy } from '../group-by.ts';

/** Rows in the order of the keys that asked for them: an `in` answers unordered and with holes. */
export function byKey<Row, Key>(keys: readonly Key[], rows: readonly Row[], keyOf: (row: Row) => Key): (Row | null)[] {
  const found = new Map(rows.map((row) => [keyOf(row), row]));
  return keys.map((key) => found.get(key) ?? null);
}

/** As `byKey`, for keys that have many rows each. */
export function groupsByKey<Row, Key>(keys: readonly Key[], rows: readonly Row[], keyOf: (row: Row) => Key): Row[][] {
  const groups = groupBy(rows, keyOf);
  return keys.map((key) => groups.get(key) ?? []);
}

/** A row that a foreign key or the log promises. */
export function promised<Row>(row: Row | null): Row {
  if (row === null) throw new Error('A row that must exist is gone.');
  return row;
}
