import { useMemo, useSyncExternalStore } from 'react';
import type { Receipts } from '../receipts/receipts.ts';
import type { ReadReceipt } from '../receipts/status.ts';

const unknown = () => undefined;

/** How far the members of a chat on screen are; undefined while it is not known, none in a chat of more than 100 members. */
export function useReadReceipts(
  { receipts }: { readonly receipts: Receipts },
  chatId: string,
): readonly ReadReceipt[] | undefined {
  const ofChat = useMemo(() => receipts.of(chatId), [receipts, chatId]);
  return useSyncExternalStore(ofChat.subscribe, ofChat.getSnapshot, unknown);
}
