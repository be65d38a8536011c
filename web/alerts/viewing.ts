import { useEffect } from 'react';
import { hold } from './locks.ts';

export const viewing = (userId: string, chatId: string) => `parley.viewing.${userId}.${chatId}`;

/** Tells all tabs of this browser that the chat's end is in view here, so that none of them shows a notification. */
export function useViewing(userId: string, chatId: string, isInView: boolean): void {
  useEffect(() => (isInView ? hold(viewing(userId, chatId)) : undefined), [userId, chatId, isInView]);
}
