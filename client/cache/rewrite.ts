/**
 * Returns the result with each object replaced by what `change` returns, inner objects first. Nothing is changed in
 * place, because others may hold the result too. Unchanged parts stay the same objects.
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
