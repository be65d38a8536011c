import fc from 'fast-check';

/**
 * What may happen, and how often. A step's numbers are taken modulo what there is, so that every list of steps is a
 * history, and a shorter one when it shrinks.
 */
const weights = {
  send: 12,
  edit: 4,
  deleteMessage: 2,
  react: 4,
  unreact: 2,
  add: 5,
  remove: 4,
  leave: 2,
  removeAndAdd: 3,
  leaveAndRejoin: 2,
  rename: 2,
  setRole: 2,
  deleteChat: 1,
  createChat: 2,
  markRead: 6,
  markUnread: 3,
  markDelivered: 2,
  unknownEvent: 1,
  connect: 6,
  disconnect: 6,
  killServer: 1,
  stopRedis: 1,
  startRedis: 2,
  pause: 3,
};

export interface Step {
  do: keyof typeof weights;
  /** Which user, or client, does it. */
  by: number;
  /** In which chat. */
  chat: number;
  /** Which message, user, emoji or time. */
  what: number;
  /** By which server. */
  on: number;
  /** Whether the next step waits for its answer. */
  wait: boolean;
}

export interface History {
  steps: Step[];
  /** Decides what the broker does to each payload. */
  seed: number;
}

const step = (): fc.Arbitrary<Step> =>
  fc.record<Step>({
    do: fc.oneof(
      ...Object.entries(weights).map(([name, weight]) => ({ weight, arbitrary: fc.constant(name as Step['do']) })),
    ),
    by: fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat(4) }),
    // Mostly the first, or hardly anyone could do anything.
    chat: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(3) }),
    what: fc.nat(31),
    on: fc.nat(1),
    wait: fc.boolean(),
  });

export const history = (): fc.Arbitrary<History> =>
  fc.record({ steps: fc.array(step(), { minLength: 5, maxLength: 40, size: 'max' }), seed: fc.nat() });
