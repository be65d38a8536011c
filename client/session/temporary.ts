const CODES: unknown[] = ['NETWORK', 'INTERNAL_SERVER_ERROR', 'RATE_LIMITED', 'UNAVAILABLE'];

/** Whether this is the code of a temporary error, after which the session may still be valid. */
export const isTemporary = (code: unknown): boolean => CODES.includes(code);
