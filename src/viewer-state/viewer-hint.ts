/**
 * What is published on `viewer:<id>`: the user's viewer state has reached this version. The rows are in the database.
 */
interface ViewerHint {
  version: number;
}

export const encodeHint = (hint: ViewerHint): string => JSON.stringify(hint);

export function decodeHint(payload: string): ViewerHint {
  const { version } = JSON.parse(payload) as { version?: unknown };
  if (typeof version !== 'number' || !Number.isInteger(version))
    throw new Error('A hint of viewer state has no version.');
  return { version };
}
