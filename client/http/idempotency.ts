/** Creates a key for one action of the user. Use it for every retry of that action, and for no other. */
export function newIdempotencyKey(): string {
  // `randomUUID` exists on secure origins only. A page that is opened on a phone during development has none.
  return (
    crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(36)).join('-')
  );
}
