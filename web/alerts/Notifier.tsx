import { useEffect } from 'react';
import { useStreamItem } from '@parley/client/react';
import type { EventsSubscription } from '../gql/graphql.ts';
import { isMutedNow } from '../chats/muted.ts';
import { useTexts } from '../language/language.ts';
import { messageWords } from '../messages/message-words.ts';
import { useSignedIn } from '../parley.ts';
import { useBlockedIds } from '../people/use-blocks.ts';
import { paths } from '../router.ts';
import { canNotify } from './alerts.ts';
import { isHeld, take } from './locks.ts';
import { closeNotifications, followPresses, showNotification } from './system.ts';
import { viewing } from './viewing.ts';

type Created = Extract<EventsSubscription['events'], { __typename: 'MessageCreated' }>;

/**
 * Shows notifications of new messages: one for each message, however many tabs are open, and none for messages in view,
 * in muted chats or of blocked people.
 */
export function Notifier() {
  const texts = useTexts();
  const { parley, viewer, titles, alerts } = useSignedIn();
  const blocked = useBlockedIds();

  async function tell({ chatId, message }: Created): Promise<void> {
    if (!(await take(`parley.message.${message.id}`))) return;
    if (await isHeld(viewing(viewer.id, chatId))) return;
    const { isMuted = false, mutedUntil = null, readPosition = 0 } = parley.unread.of(chatId).getSnapshot() ?? {};
    if (isMutedNow({ isMuted, mutedUntil }) || message.position <= readPosition) return;

    const title = titles.get(chatId) ?? texts.chats.untitled;
    const words = messageWords(message, texts);
    const author = message.author.displayName;
    const isSounding = alerts.get().sound && (await (await import('./sound.ts')).chime());
    const options = {
      body: title === author ? words : texts.chats.from(author, words),
      // A notification from another tab about the same message is replaced.
      tag: message.id,
      silent: isSounding || !alerts.get().sound,
    };
    await showNotification(title, options, paths.message(chatId, message.id));
  }

  useEffect(followPresses, []);
  // A sign-out removes the notifications of the user.
  useEffect(() => () => void closeNotifications().catch(() => {}), []);

  useStreamItem(parley, (item) => {
    if (item.__typename !== 'MessageCreated') return;
    const { authorId, type } = item.message;
    const isNews = authorId !== viewer.id && type !== 'SYSTEM' && parley.events.getSnapshot() === 'live';
    if (
      !isNews ||
      blocked.has(authorId) ||
      !canNotify() ||
      !alerts.get().notifications ||
      Notification.permission !== 'granted'
    )
      return;
    // A browser may refuse to show it; then the error is ignored.
    void tell(item).catch(() => {});
  });
  return null;
}
