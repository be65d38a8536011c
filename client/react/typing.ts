import { useCallback, useEffect, useMemo, useSyncExternalStore } from 'react';
import type { TypingChats } from '../typing/follow-typing.ts';
import { nobody, type Typing } from '../typing/stores.ts';

/** Who else types in a chat on screen, at most 50 chats at a time. */
export function useTyping({ typing }: { readonly typing: TypingChats }, chatId: string): Typing {
  const ofChat = useMemo(() => typing.of(chatId), [typing, chatId]);
  return useSyncExternalStore(ofChat.subscribe, ofChat.getSnapshot, () => nobody);
}

/**
 * Tells others that the user types in the chat: call what it returns at each key, with false where the field is empty. It ends
 * with the component.
 */
export function useSendTyping(
  { typing }: { readonly typing: TypingChats },
  chatId: string,
): (isTyping: boolean) => void {
  useEffect(() => () => typing.set(chatId, false), [typing, chatId]);
  return useCallback((isTyping) => typing.set(chatId, isTyping), [typing, chatId]);
}
