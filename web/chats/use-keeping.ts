import { useMemo } from 'react';
import { UpdateChatPreferencesDocument, type ErrorCode, type UpdateChatPreferencesInput } from '../gql/graphql.ts';
import type { Texts } from '../language/en.ts';
import { useTexts } from '../language/language.ts';
import { useParley, type Parley } from '../parley.ts';
import { notify } from '../ui/notices.tsx';
import type { ListedChat } from './views.ts';

/** How one keeps a chat in the list. Each says why when it was not done. */
export function useKeeping() {
  const parley = useParley();
  const texts = useTexts();
  return useMemo(() => keeping(parley, texts), [parley, texts]);
}

type Change = Omit<UpdateChatPreferencesInput, 'chatId'>;

function keeping({ client, read }: Parley, texts: Texts) {
  async function update(chatId: string, change: Change, refused?: string): Promise<boolean> {
    try {
      const variables = { input: { chatId, ...change } };
      const { data } = await client.mutate({ mutation: UpdateChatPreferencesDocument, variables });
      const result = data?.updateChatPreferences;
      if (!result || !('code' in result)) return true;
      notify(result.code === 'INVALID_INPUT' && refused ? refused : texts.errors[result.code]);
    } catch {
      notify(texts.errors.network);
    }
    return false;
  }

  return {
    setPinned: (id: string, isPinned: boolean) => update(id, { isPinned }, texts.chats.tooManyPinned),
    /** Mutes it for so many milliseconds; null for until it is changed. */
    mute: (id: string, time: number | null) =>
      update(id, { isMuted: true, mutedUntil: time === null ? null : new Date(Date.now() + time).toISOString() }),
    unmute: (id: string) => update(id, { isMuted: false }),
    async setArchived(id: string, isArchived: boolean) {
      if ((await update(id, { isArchived })) && isArchived) notify(texts.chats.nowArchived);
    },
    hide: (id: string) => update(id, { isHidden: true }),
    async setUnread({ id, position, lastMessage }: ListedChat, isUnread: boolean) {
      if (!isUnread) {
        read.opened(id);
        read.upTo(id, position);
        return;
      }
      const outcome = await read.markUnread(id, lastMessage?.position ?? position);
      if (!outcome.ok) notify(texts.errors[outcome.error.code as ErrorCode] ?? texts.errors.network);
    },
  };
}

export type Keeping = ReturnType<typeof keeping>;
