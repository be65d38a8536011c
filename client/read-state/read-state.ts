import type { AppliedItem } from '../cache/applied.ts';
import type { EventStream } from '../events/stream.ts';
import type { Readable } from '../store.ts';
import { markAllReadDocument, markReadDocument, markUnreadDocument, viewerStatesDocument } from './documents.ts';
import { Marks, type Marked } from './marks.ts';
import { Reader } from './reader.ts';
import { isExact, shown, type UnreadSummary, type ViewerState } from './unread.ts';
import { UnreadStores, type Unread } from './unread-stores.ts';
import { ViewerStates } from './viewer-states.ts';

/** What is unread. It needs a stream that runs. */
export interface UnreadChats {
  /** In one chat; undefined while it is not known. */
  of(chatId: string): Readable<Unread | undefined>;
  /** In how many chats. */
  readonly summary: Readable<UnreadSummary | undefined>;
}

/** Tells the server what was read, for all devices of the user. */
export interface Reading {
  /**
   * The message at this position is in view, and so was what is above it. The server is told at most once a second, and what
   * was told in vain is told again when the stream is live.
   */
  upTo(chatId: string, position: number): void;
  /** Leaves the chat unread from this position on. `upTo` then does nothing before it is `opened` again. */
  markUnread(chatId: string, position: number): Promise<Marked>;
  /** Every chat of the user. */
  markAll(): Promise<Marked>;
  /** The user has opened the chat. `useReading` says so. */
  opened(chatId: string): void;
}

/** A chat's state as a cache is to show it; undefined: it is to be fetched where it is looked at. */
export interface ShownState {
  readonly chatId: string;
  readonly state: ViewerState | undefined;
}

export interface ReadStateOptions {
  events: Pick<EventStream<unknown>, 'getSnapshot' | 'subscribe' | 'positions' | 'viewerId' | 'request'>;
  /** Asks the server, whatever is cached. Throws when it could not be asked. */
  query(document: string, variables: object): Promise<unknown>;
  mutate(document: string, variables: object): Promise<unknown>;
  /** Brings the cache up to date. */
  show(states: readonly ShownState[]): void;
}

/** Chats that are read in one request: as many as `nodes` takes. */
const PAGE = 100;

/** What the user has read, and what not: for adapters, which pass on what comes and show what becomes of it. */
export function createReadState(options: ReadStateOptions) {
  const { events } = options;
  const states = new ViewerStates({ viewerId: events.viewerId, onLeftUnread: (chatId) => marks.left(chatId) });
  const stores = new UnreadStores({
    states,
    chatIds: () => events.positions.chatIds(),
    onWanted: () => reader.wake(),
  });
  const reader = new Reader({ wanted: () => [...stores.wanted(), ...marks.waiting()], read, page: PAGE });
  const marks = new Marks({
    state: (chatId) => (states.get(chatId).isOutdated ? undefined : states.get(chatId).state),
    memberCount: (chatId) => states.memberCount(chatId),
    show(chatId, readPosition) {
      states.setReading(chatId, readPosition);
      tell();
    },
    tell: async (input) => marked(await change(markReadDocument, { input })),
  });

  /** The cache first, so that whoever is told finds it up to date. */
  function tell(show = options.show): void {
    const changed = states.takeChanged();
    if (changed.size > 0 || show !== options.show) show([...changed].map(shownState));
    if (changed.size === 0) return;
    stores.changed(changed);
    marks.goOn(changed);
    reader.wake();
  }

  function shownState(chatId: string): ShownState {
    const known = states.get(chatId);
    // Who watches it has it asked for, and it is shown as it was until then.
    const isShown = isExact(known) || stores.isWatched(chatId);
    return { chatId, state: isShown ? shown(known) : undefined };
  }

  async function read(ids: readonly string[]): Promise<void> {
    const { epoch } = states;
    const answer = await options.query(viewerStatesDocument, { ids });
    if (epoch !== states.epoch) return;
    states.answered(answer);
    const absent = ids.filter((chatId) => !states.get(chatId).state);
    stores.absent(absent);
    marks.forget(absent);
    tell();
  }

  async function change(document: string, variables: object): Promise<unknown> {
    const { epoch } = states;
    const answer = await options.mutate(document, variables);
    states.answered(answer, epoch);
    tell();
    return answer;
  }

  async function markUnread(chatId: string, position: number): Promise<Marked> {
    marks.left(chatId);
    return marked(await change(markUnreadDocument, { input: { chatId, position } }).catch(lost));
  }

  events.subscribe(() => {
    const isLive = events.getSnapshot() === 'live';
    if (isLive) stores.live();
    if (isLive) marks.goOn();
    reader.live(isLive);
  });

  const own: { unread: UnreadChats; read: Reading } = {
    unread: { of: (chatId) => stores.of(chatId), summary: stores.summary },
    read: {
      upTo: (chatId, position) => marks.upTo(chatId, position),
      opened: (chatId) => marks.opened(chatId),
      markUnread,
      markAll: async () => marked(await change(markAllReadDocument, {}).catch(lost)),
    },
  };
  return {
    own,
    memberCount: (chatId: string) => states.memberCount(chatId),
    /** Items of the stream; `show` brings the cache up to date with them. */
    apply(items: readonly AppliedItem[], show: ReadStateOptions['show']): void {
      for (const item of items) states.apply(item);
      tell(show);
    },
    /** An answer is about to reach the cache. */
    answered: (answer: unknown) => states.answered(answer),
    /** And has reached it. */
    wasShown: () => tell(),
    newest: <T>(answer: T): T => states.newest(answer),
  };
}

/** What a mutation answers. */
function marked(answer: unknown): Marked {
  const [result] = Object.values((answer ?? {}) as Record<string, { code?: string; message?: string } | null>);
  if (!result) return { ok: false, error: { code: 'UNKNOWN', message: 'No answer' } };
  const { code, message = '' } = result;
  return code === undefined ? { ok: true } : { ok: false, error: { code, message } };
}

const lost = (error: unknown): object => ({
  error: { code: 'NETWORK', message: error instanceof Error ? error.message : String(error) },
});
