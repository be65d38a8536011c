import { useMemo, useSyncExternalStore } from 'react';
import type { Receipts } from '../receipts/receipts.ts';
import type { ReadReceipt } from '../receipts/status.ts';

const unknown = () => undefined;

/**
 * The receipts of the members of a chat on screen. It is undefined while they are not known, and empty in a chat of
 * more than 100 members.
 */
export function useReadReceipts(
  { receipts }: { readonly receipts: Receipts },
  chatId: string,
): readonly ReadReceipt[] | undefined {
  const ofChat = useMemo(() => receipts.of(chatId), [receipts, chatId]);
  return useSyncExternalStore(ofChat.subscribe, ofChat.getSnapshot, unknown);
}
