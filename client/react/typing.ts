import { useCallback, useEffect, useMemo, useSyncExternalStore } from 'react';
import type { TypingChats } from '../typing/follow-typing.ts';
import { nobody, type Typing } from '../typing/stores.ts';

/** The other users who type in a chat on screen, for at most 50 chats at a time. */
export function useTyping({ typing }: { readonly typing: TypingChats }, chatId: string): Typing {
  const ofChat = useMemo(() => typing.of(chatId), [typing, chatId]);
  return useSyncExternalStore(ofChat.subscribe, ofChat.getSnapshot, () => nobody);
}

/**
 * Reports that the user types in the chat. Call the returned function at each key, with false if the field is empty.
 * Typing ends when the component is unmounted.
 */
export function useSendTyping(
  { typing }: { readonly typing: TypingChats },
  chatId: string,
): (isTyping: boolean) => void {
  useEffect(() => () => typing.set(chatId, false), [typing, chatId]);
  return useCallback((isTyping) => typing.set(chatId, isTyping), [typing, chatId]);
}
