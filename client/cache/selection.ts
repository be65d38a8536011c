/** The fields that the kit needs in order to sort and compare objects. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  Message: ['id', 'position', 'revision'],
  Chat: ['id', 'position'],
};

/**
 * Describes the required fields that a result does not select. Without them messages would be lost, or older values
 * would win, and nobody would notice. An object with nothing but its id is left out, because nothing in it can be
 * outdated.
 */
function missingSelection(answer: unknown): string | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  if (!Array.isArray(answer)) {
    const { __typename } = answer as { __typename?: unknown };
    const needed = typeof __typename === 'string' ? NEEDED[__typename] : undefined;
    const shows = Object.keys(answer).some((field) => field !== '__typename' && field !== 'id');
    const missing = needed?.filter((field) => !(field in answer));
    if (shows && missing && missing.length > 0) {
      return `@parley/client: select \`${needed?.join(' ')}\` on every ${String(__typename)}: this result lacks \`${missing.join(' ')}\`.`;
    }
  }
  for (const child of Object.values(answer)) {
    const missing = missingSelection(child);
    if (missing !== undefined) return missing;
  }
  return undefined;
}

/** The error for a page of messages that cannot be sorted. */
export function unorderedPage(answer: unknown): Error | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  const { __typename, edges } = answer as { __typename?: unknown; edges?: { node?: { position?: unknown } }[] };
  if (__typename === 'MessageConnection' && edges?.some(({ node }) => typeof node?.position !== 'number')) {
    return new Error('@parley/client: select `id position revision` on every Message: this page lacks `position`.');
  }
  for (const child of Object.values(answer)) {
    const error = unorderedPage(child);
    if (error) return error;
  }
  return undefined;
}

/** Reports each missing selection once. */
export function createSelectionCheck(onFault: (fault: Error) => void): (answer: unknown) => void {
  const told = new Set<string>();
  return (answer) => {
    const missing = missingSelection(answer);
    if (missing === undefined || told.has(missing)) return;
    told.add(missing);
    onFault(new Error(missing));
  };
}
