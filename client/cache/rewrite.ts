/**
 * The answer with each object as `change` makes it, those within it first. Nothing is changed in place: others may hold the
 * answer as well, and what stays as it was stays the same object.
 */
export function rewrite<T>(answer: T, change: (object: object) => object): T {
  return visit(answer, change) as T;
}

function visit(value: unknown, change: (object: object) => object): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const elements = value.map((element) => visit(element, change));
    return elements.some((element, index) => element !== value[index]) ? elements : value;
  }
  const before = Object.entries(value);
  const after = before.map(([key, child]) => [key, visit(child, change)] as const);
  const isSame = after.every(([, child], index) => child === before[index]?.[1]);
  return change(isSame ? value : Object.fromEntries(after));
}
