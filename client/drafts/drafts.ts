import type { AppliedItem } from '../cache/applied.ts';
import { createStore, type Readable, type Store } from '../store.ts';
import {
  isConflict,
  isEmpty,
  nothingBegun,
  saved,
  shownDraft,
  told,
  unknownDraft,
  written,
  type ChatDraft,
  type DraftText,
  type KnownDraft,
  type ServerDraft,
} from './draft.ts';

/** Milliseconds after the last key, after which the draft is saved. */
const PAUSE_MS = 1_500;

/** The user's drafts, the same on all of their devices. */
export interface Drafts {
  of(chatId: string): Readable<ChatDraft>;
  /**
   * Call it at each key. The draft is saved 1.5 s after the last one; '' deletes it at once. The message that it
   * replies to stays unless it is given.
   */
  set(chatId: string, content: string, replyToId?: string | null): void;
  /** Saves the draft now, for example when the field loses the focus. */
  save(chatId: string): void;
  /** Ends a conflict: this text replaces both. */
  resolve(chatId: string, content: string): void;
}

/** The result of saving: the new version, or the error. */
export type DraftSaved = { ok: true; version: number } | { ok: false; error: { code: string; message: string } };

interface DraftStoresOptions {
  isLive(): boolean;
  /** Throws if the result is unknown. */
  save(chatId: string, text: DraftText, ifVersion: number): Promise<DraftSaved>;
  /** Reads the server's draft; undefined if the chat has none. */
  read(chatId: string): Promise<ServerDraft | undefined>;
}

interface Entry {
  known: KnownDraft;
  readonly store: Store<ChatDraft>;
  timer?: ReturnType<typeof setTimeout>;
}

export class DraftStores implements Drafts {
  readonly #options: DraftStoresOptions;
  readonly #entries = new Map<string, Entry>();
  /** Called when texts that are not saved on the server have changed. */
  onUnsaved = () => {};

  constructor(options: DraftStoresOptions) {
    this.#options = options;
  }

  of(chatId: string): Readable<ChatDraft> {
    return this.#entry(chatId).store;
  }

  set(chatId: string, content: string, replyToId?: string | null): void {
    const entry = this.#entry(chatId);
    const reply = content === '' ? null : entry.store.getSnapshot().replyToId;
    this.#become(entry, written(entry.known, { content, replyToId: replyToId === undefined ? reply : replyToId }));
    clearTimeout(entry.timer);
    if (content === '') this.save(chatId);
    else entry.timer = setTimeout(() => this.save(chatId), PAUSE_MS);
  }

  save(chatId: string): void {
    const entry = this.#entry(chatId);
    const { local, saving, error } = entry.known;
    if (!local || saving || error || isConflict(entry.known) || !this.#options.isLive()) return;
    clearTimeout(entry.timer);
    void this.#save(chatId, entry, local);
  }

  resolve(chatId: string, content: string): void {
    const entry = this.#entry(chatId);
    const { server, local } = entry.known;
    if (server && local) entry.known = { ...entry.known, local: { ...local, version: server.version } };
    this.set(chatId, content);
    this.save(chatId);
  }

  apply({ __typename, chatId, version, draft }: AppliedItem): void {
    if (__typename === 'ViewerStateReset') for (const entry of this.#entries.values()) this.#become(entry, anew(entry));
    if (__typename !== 'DraftChanged' || chatId === undefined || version === undefined || draft === undefined) return;
    this.#told(chatId, draft ?? { ...nothingBegun, version });
  }

  /** Called when the stream is live: drafts that could not be saved are saved now. */
  goOn(): void {
    for (const chatId of this.#entries.keys()) this.save(chatId);
  }

  /** Loads the drafts that an earlier page has not saved. */
  load(kept: readonly (readonly [chatId: string, local: ServerDraft])[]): void {
    for (const [chatId, local] of kept) {
      const entry = this.#entry(chatId);
      this.#become(entry, { ...entry.known, local });
    }
  }

  unsaved(): { key: string; value: ServerDraft }[] {
    return [...this.#entries].flatMap(([key, { known }]) => (known.local ? { key, value: known.local } : []));
  }

  async #save(chatId: string, entry: Entry, { version, ...text }: ServerDraft): Promise<void> {
    this.#become(entry, { ...entry.known, saving: text });
    const answer = await this.#options.save(chatId, text, version).catch(() => undefined);
    if (answer?.ok) {
      this.#become(entry, saved(entry.known, answer.version));
      return this.save(chatId); // the user has written more in the meantime
    }
    this.#become(entry, { ...entry.known, saving: undefined });
    if (!answer) return; // it is saved again when the stream is live
    if (answer.error.code !== 'CONFLICT') return this.#become(entry, { ...entry.known, error: answer.error });
    const server = await this.#options.read(chatId).catch(() => undefined);
    if (server) this.#told(chatId, server);
  }

  #told(chatId: string, server: ServerDraft): void {
    const entry = this.#entry(chatId);
    this.#become(entry, told(entry.known, server));
    if (isEmpty(server)) this.save(chatId);
  }

  #become(entry: Entry, known: KnownDraft): void {
    const isOther = entry.known.local !== known.local;
    entry.known = known;
    const shown = shownDraft(known);
    if (JSON.stringify(shown) !== JSON.stringify(entry.store.getSnapshot())) entry.store.set(shown);
    if (isOther) this.onUnsaved();
  }

  #entry(chatId: string): Entry {
    const entry = this.#entries.get(chatId) ?? { known: unknownDraft, store: createStore(nothingBegun) };
    this.#entries.set(chatId, entry);
    return entry;
  }
}

/** Forgets the draft of the server: all drafts follow, with versions that begin anew. */
const anew = ({ known: { local, ...known } }: Entry): KnownDraft => ({
  ...known,
  server: undefined,
  local: local && { ...local, version: 0 },
});
