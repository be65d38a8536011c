import { useEffect } from 'react';
import { useUnreadSummary } from '@parley/client/react';
import { useParley } from '../parley.ts';
import { setUnreadCount } from '../title.ts';

/** In how many chats something is unread, on the tab and the application's icon. */
export function UnreadTitle() {
  const count = useUnreadSummary(useParley())?.chatCount;
  useEffect(() => {
    if (count !== undefined) setUnreadCount(count);
  }, [count]);
  useEffect(() => () => setUnreadCount(0), []);
  return null;
}
