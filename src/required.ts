/** Returns a value that must exist, such as a row that a foreign key guarantees. Throws if it does not. */
export function required<Value>(value: Value | null | undefined): Value {
  if (value === null || value === undefined) throw new Error('A value that must be there is missing.');
  return value;
}
