import type { ConnectionState } from '../events/stream.ts';
import type { ServerDraft } from '../drafts/draft.ts';
import type { DraftStores } from '../drafts/drafts.ts';
import { defaultStorage, type SessionStorage } from '../session/storage.ts';
import type { Tokens } from '../session/tokens.ts';
import { createStore, type Readable } from '../store.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import type { OutgoingMessage, Send } from './messages.ts';
import { forgetUnsent, Unsent } from './unsent.ts';

export interface SendingOptions {
  send: Send;
  tokens: Tokens;
  events: Readable<ConnectionState>;
  /** Called when the user has sent a message: the chat is read up to there. */
  read?: (chatId: string, position: number) => void;
  /** Drafts that are not saved on the server are stored as unsent messages are. */
  drafts: Pick<DraftStores, 'load' | 'unsaved' | 'onUnsaved'>;
  viewerId?: string;
  storage?: SessionStorage;
}

/** The user's unsent messages and drafts. */
export interface Sending {
  readonly outbox: Outbox;
  /**
   * Whether something unsent would be lost with the page, because the storage does not accept it: show that to the
   * user. A browser then also asks before it closes the page.
   */
  readonly unsaved: Readable<boolean>;
  /** Removes what is stored. `session.signOut` calls it; with your own identity provider, call it at sign-out. */
  forget(): void;
}

/**
 * Stores the unsent messages of the signed-in user, so that they survive a reload. Messages that failed because of the
 * network are sent again when the stream is live.
 */
export function createSending({ send, tokens, events, read, drafts, viewerId, storage }: SendingOptions): Sending {
  const place = storage ?? defaultStorage();
  const messages = viewerId === undefined ? undefined : new Unsent<OutgoingMessage>(place, 'outbox', viewerId);
  const texts = viewerId === undefined ? undefined : new Unsent<ServerDraft | string>(place, 'drafts', viewerId);
  const unsaved = createStore(false);
  const kept = { messages: true, texts: true };
  let signedIn = tokens.signedIn();

  const sendAndRead: Send = async (sending, key) => {
    const results = await send(sending, key);
    for (const [index, result] of results.entries()) {
      const chatId = sending[index]?.input.chatId;
      if (result.ok && result.position !== undefined && chatId !== undefined) read?.(chatId, result.position);
    }
    return results;
  };
  const outbox = createOutbox(sendAndRead, messages?.read().map(({ value }) => value) ?? []);
  drafts.load(texts?.read().map(({ key, value }) => [key, asDraft(value)]) ?? []);
  drafts.onUnsaved = save;

  function save(): void {
    if (!signedIn) return; // stored texts may have been removed, and must not come back
    const unsent = outbox.getSnapshot().filter(({ messageId }) => messageId === null);
    if (messages) kept.messages = messages.write(unsent.map((value) => ({ key: value.key, value })));
    if (texts) kept.texts = texts.write(drafts.unsaved());
    unsaved.set(!(kept.messages && kept.texts));
  }

  outbox.subscribe(save);
  // This is never reset: the outbox belongs to one user, and a user who signs in later gets a new one.
  tokens.subscribe(() => (signedIn &&= tokens.signedIn()));
  events.subscribe(() => {
    if (events.getSnapshot() === 'live') outbox.resend();
  });
  globalThis.addEventListener?.('beforeunload', (event) => {
    if (unsaved.getSnapshot() && signedIn) event.preventDefault();
  });
  function forget(): void {
    signedIn = false;
    if (viewerId !== undefined) forgetUnsent(place, viewerId);
  }

  return { outbox, unsaved, forget };
}

/** An earlier version of the kit stored only the text. */
const asDraft = (value: ServerDraft | string): ServerDraft =>
  typeof value === 'string' ? { content: value, replyToId: null, version: 0 } : value;
