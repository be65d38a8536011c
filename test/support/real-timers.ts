import { afterEach, vi } from 'vitest';

// A file whose clock stands still would stop the next one in its process.
afterEach(() => void vi.useRealTimers());
