import fc from 'fast-check';

/**
 * The steps of a history, with their frequency. The numbers of a step are taken modulo what exists, so that every list
 * of steps is a valid history, even a shorter one after shrinking.
 */
const weights = {
  send: 12,
  mention: 5,
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
  draft: 5,
  save: 4,
  mute: 3,
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
  /** The user, or client, who does it. */
  by: number;
  /** The chat in which it is done. */
  chat: number;
  /** The message, user, emoji or time. */
  what: number;
  /** The server that does it. */
  on: number;
  /** Whether the next step waits for the answer to this one. */
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
    // It is mostly the first chat, because otherwise hardly any step would be allowed.
    chat: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(3) }),
    what: fc.nat(31),
    on: fc.nat(1),
    wait: fc.boolean(),
  });

export const history = (): fc.Arbitrary<History> =>
  fc.record({ steps: fc.array(step(), { minLength: 5, maxLength: 40, size: 'max' }), seed: fc.nat() });
