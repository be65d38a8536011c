import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { nothingBegun, type ChatDraft } from '../drafts/draft.ts';
import type { Drafts } from '../drafts/drafts.ts';

/** The draft of a chat, from this device or another. `parley.drafts` changes it. */
export function useDraft({ drafts }: { readonly drafts: Drafts }, chatId: string): ChatDraft {
  const ofChat = useMemo(() => drafts.of(chatId), [drafts, chatId]);
  useEffect(() => () => drafts.save(chatId), [drafts, chatId]);
  return useSyncExternalStore(ofChat.subscribe, ofChat.getSnapshot, () => nothingBegun);
}
