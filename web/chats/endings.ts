import { useStreamItem } from '../../client/react.ts';
import { useTexts } from '../language/language.ts';
import { useSignedIn } from '../parley.ts';
import { navigate, paths, type Route } from '../router.ts';
import { notify } from '../ui/notices.tsx';

/** Says of each chat that ends by whom it ended, and closes it if it is open. */
export function useEndings(route: Route): void {
  const { parley, viewer, titles } = useSignedIn();
  const texts = useTexts();

  useStreamItem(parley, (item) => {
    const title = 'chatId' in item ? (titles.get(item.chatId) ?? texts.chats.untitled) : '';
    const end = (chatId: string, text: string) => {
      notify(text);
      titles.delete(chatId);
      if (route.page === 'chat' && route.chatId === chatId) navigate(paths.chats, { replace: true });
    };

    if (item.__typename === 'ChatDeleted') {
      const { deletedBy } = item;
      end(
        item.chatId,
        deletedBy.id === viewer.id
          ? texts.chat.deletedByYou(title)
          : texts.chat.deletedBy(deletedBy.displayName, title),
      );
    } else if (item.__typename === 'MemberRemoved' && item.user.id === viewer.id) {
      const { removedBy } = item;
      end(
        item.chatId,
        removedBy.id === viewer.id ? texts.chat.left(title) : texts.chat.removedBy(removedBy.displayName, title),
      );
    } else if (item.__typename === 'ChatGone' && titles.has(item.chatId)) {
      end(item.chatId, texts.chat.gone(title));
    }
  });
}
