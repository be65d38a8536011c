import type { ReadStateOptions } from '../read-state/read-state.ts';
import { deleteDraftDocument, draftsDocument, saveDraftDocument } from './documents.ts';
import { isEmpty, type ServerDraft } from './draft.ts';
import { DraftStores } from './drafts.ts';

interface Answer {
  readonly version?: number;
  readonly code?: string;
  readonly message?: string;
}

/** Keeps the user's drafts in step with the server. */
export function followDrafts({ events, query, mutate }: ReadStateOptions): DraftStores {
  return new DraftStores({
    isLive: () => events.getSnapshot() === 'live',
    async save(chatId, { content, replyToId }, ifVersion) {
      const text = { content, replyToId };
      const answer = isEmpty(text)
        ? await mutate(deleteDraftDocument, { input: { chatId, ifVersion } })
        : await mutate(saveDraftDocument, { input: { chatId, ...text, ifVersion } });
      const [result] = Object.values((answer ?? {}) as Record<string, Answer | null>);
      const { version, code = 'UNKNOWN', message = 'No answer' } = result ?? {};
      return version === undefined ? { ok: false, error: { code, message } } : { ok: true, version };
    },
    async read(chatId) {
      const answer = (await query(draftsDocument, { ids: [chatId] })) as { nodes: ({ draft?: ServerDraft } | null)[] };
      return answer.nodes[0]?.draft ?? undefined;
    },
  });
}
