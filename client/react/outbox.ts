import { useMemo, useSyncExternalStore } from 'react';
import type { OutgoingMessage } from '../outbox/messages.ts';
import type { Readable } from '../store.ts';

const none: readonly OutgoingMessage[] = [];

/** The outgoing and failed messages of this chat, without those that are already shown in it. */
export function useOutbox(
  { outbox }: { readonly outbox: Readable<readonly OutgoingMessage[]> },
  chatId: string,
  shown: readonly { readonly id: string }[] = [],
): readonly OutgoingMessage[] {
  const all = useSyncExternalStore(outbox.subscribe, outbox.getSnapshot, () => none);
  const own = useMemo(() => all.filter(({ input }) => input.chatId === chatId), [all, chatId]);
  return useMemo(() => own.filter(({ messageId }) => !shown.some(({ id }) => id === messageId)), [own, shown]);
}
