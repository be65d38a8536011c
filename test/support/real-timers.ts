import { afterEach, vi } from 'vitest';

// Files share a process, so a file that leaves fake timers behind would stop the next one.
afterEach(() => void vi.useRealTimers());
