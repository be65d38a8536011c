import { useUnreadSummary } from '@parley/client/react';
import type { ErrorCode } from '../gql/graphql.ts';
import { useTexts } from '../language/language.ts';
import { useParley } from '../parley.ts';
import { IconButton } from '../ui/Button.tsx';
import { notify } from '../ui/notices.tsx';

/** Marks every chat as read. It is shown while at least one chat is unread. */
export function MarkAllRead() {
  const texts = useTexts();
  const parley = useParley();
  const { chatCount = 0, mutedChatCount = 0 } = useUnreadSummary(parley) ?? {};
  if (chatCount + mutedChatCount === 0) return null;

  async function mark() {
    const outcome = await parley.read.markAll();
    if (!outcome.ok) notify(texts.errors[outcome.error.code as ErrorCode] ?? texts.errors.network);
  }
  return <IconButton icon="checks" label={texts.chats.markAllRead} onClick={() => void mark()} />;
}
