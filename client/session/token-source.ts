/**
 * Where access tokens come from. `createSession` is one, for the built-in accounts; with your own identity provider
 * write these two functions around its library.
 */
export interface TokenSource {
  /** The present access token, without I/O; null while nobody is signed in. */
  accessToken(): string | null;
  /**
   * Get a new access token. Resolves to null when the user has to sign in again; rejects when it could not be found
   * out (no network, server error): it is then asked again, with back-off. Never called twice at the same time.
   */
  refresh(): Promise<string | null>;
  /** Tell of sign-in, sign-out, or a token renewed elsewhere (another tab). Returns the way to stop listening. */
  subscribe?(listener: () => void): () => void;
}
