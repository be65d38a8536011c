/** Creates a key for one action of the user. Use it for every retry of that action, and for no other. */
export function newIdempotencyKey(): string {
  // randomUUID exists on secure origins only; a frontend under development on a phone is on none.
  return (
    crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(36)).join('-')
  );
}
