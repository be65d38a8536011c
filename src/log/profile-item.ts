import type { StreamItem } from './event-types.ts';

/** Makes the item that shows a user whose profile has changed. */
export const userUpdated = (userId: string) =>
  ({
    type: 'UserUpdated',
    occurredAt: new Date(),
    chatId: '',
    position: 0,
    about: null,
    userId,
    toSubject: false,
  }) satisfies StreamItem;
