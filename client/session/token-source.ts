/**
 * Where access tokens come from. `createSession` makes one for the built-in accounts; for your own identity provider,
 * implement these functions with its library.
 */
export interface TokenSource {
  /** Returns the present access token, without I/O; null while nobody is signed in. */
  accessToken(): string | null;
  /**
   * Gets a new access token. Resolves to null if the user has to sign in again. Rejects if that could not be found out
   * (no network, server error): it is then called again, with back-off. Never called twice at the same time.
   */
  refresh(): Promise<string | null>;
  /**
   * Calls the listener at sign-in, at sign-out, and when another tab renewed the token. Returns a function that stops
   * it.
   */
  subscribe?(listener: () => void): () => void;
}
