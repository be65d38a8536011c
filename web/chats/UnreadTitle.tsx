import { useEffect } from 'react';
import { useUnreadSummary } from '@parley/client/react';
import { useParley } from '../parley.ts';
import { setUnreadCount } from '../title.ts';

/** Shows the number of unread chats in the tab's title and on the application's icon. */
export function UnreadTitle() {
  const count = useUnreadSummary(useParley())?.chatCount;
  useEffect(() => {
    if (count !== undefined) setUnreadCount(count);
  }, [count]);
  useEffect(() => () => setUnreadCount(0), []);
  return null;
}
