import { useState } from 'react';
import { useStreamItem } from '@parley/client/react';
import { useTexts } from '../language/language.ts';
import { useSignedIn } from '../parley.ts';
import { navigate, paths, type Route } from '../router.ts';
import { notify } from '../ui/notices.tsx';

/**
 * Shows a notice for each chat that ends, with the user who ended it. Returns the reasons for chats that were open and
 * that others have ended: the page of such a chat shows the reason until the user leaves it.
 */
export function useEndings(route: Route): ReadonlyMap<string, string> {
  const { parley, viewer, titles } = useSignedIn();
  const texts = useTexts();
  const [reasons, setReasons] = useState<ReadonlyMap<string, string>>(new Map());

  useStreamItem(parley, (item) => {
    const title = 'chatId' in item ? (titles.get(item.chatId) ?? texts.chats.untitled) : '';
    const end = (chatId: string, text: string, isOwn = false) => {
      titles.delete(chatId);
      const isOpen = route.page === 'chat' && route.chatId === chatId;
      if (isOpen && !isOwn) return setReasons(new Map(reasons).set(chatId, text));
      notify(text);
      if (isOpen) navigate(paths.chats, { replace: true });
    };

    if (item.__typename === 'ChatDeleted') {
      const { deletedBy } = item;
      if (deletedBy.id === viewer.id) end(item.chatId, texts.chat.deletedByYou(title), true);
      else end(item.chatId, texts.chat.deletedBy(deletedBy.displayName, title));
    } else if (item.__typename === 'MemberRemoved' && item.user.id === viewer.id) {
      const { removedBy } = item;
      if (removedBy.id === viewer.id) end(item.chatId, texts.chat.left(title), true);
      else end(item.chatId, texts.chat.removedBy(removedBy.displayName, title));
    } else if (item.__typename === 'ChatGone' && titles.has(item.chatId)) {
      end(item.chatId, texts.chat.gone(title));
    } else if (item.__typename === 'ChatAdded' && reasons.has(item.chatId)) {
      const others = new Map(reasons);
      others.delete(item.chatId);
      setReasons(others);
    }
  });
  return reasons;
}
