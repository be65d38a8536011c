import type { AppliedItem } from '../cache/applied.ts';
import type { EventStream } from '../events/stream.ts';
import type { Readable } from '../store.ts';
import { markAllReadDocument, markReadDocument, markUnreadDocument, viewerStatesDocument } from './documents.ts';
import { Marks, type Marked } from './marks.ts';
import { Reader } from './reader.ts';
import { isExact, shown, type UnreadSummary, type ViewerState } from './unread.ts';
import { UnreadStores, type Unread } from './unread-stores.ts';
import { ViewerStates } from './viewer-states.ts';

/** The unread state of chats. It needs a running stream. */
export interface UnreadChats {
  /** The unread state of one chat; undefined while it is not known. */
  of(chatId: string): Readable<Unread | undefined>;
  /** The numbers of unread chats; undefined while they are not known. */
  readonly summary: Readable<UnreadSummary | undefined>;
}

/** Marks chats as read or unread, on all devices of the user. */
export interface Reading {
  /**
   * Call it when the message at this position, and everything above it, has been in view. The server gets at most one
   * mark a second. A mark that could not be sent is sent when the stream is live again.
   */
  upTo(chatId: string, position: number): void;
  /** Marks the chat as unread from this position on. `upTo` then has no effect until `opened` is called. */
  markUnread(chatId: string, position: number): Promise<Marked>;
  /** Marks every chat of the user as read. */
  markAll(): Promise<Marked>;
  /** Call it when the user has opened the chat. `useReading` calls it. */
  opened(chatId: string): void;
}

/** A chat's state for the cache. If it is undefined, components that show it fetch it. */
export interface ShownState {
  readonly chatId: string;
  readonly state: ViewerState | undefined;
}

export interface ReadStateOptions {
  events: Pick<EventStream<unknown>, 'getSnapshot' | 'subscribe' | 'positions' | 'viewerId' | 'request'>;
  /** Requests from the server, without the cache. Throws if the server could not be reached. */
  query(document: string, variables: object): Promise<unknown>;
  mutate(document: string, variables: object): Promise<unknown>;
  /** Updates the cache. */
  show(states: readonly ShownState[]): void;
}

/** The maximum of `nodes`, so that one request reads this many chats. */
const PAGE = 100;

/** Keeps the user's read state. For adapters, which pass results and items to it, and show the resulting state. */
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

  /** The cache is updated first, so that watchers find it up to date. */
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
    // A watched state is requested, and shown as it was until the result arrives.
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
    /** Takes items of the stream. `show` updates the cache with them. */
    apply(items: readonly AppliedItem[], show: ReadStateOptions['show']): void {
      for (const item of items) states.apply(item);
      tell(show);
    },
    /** Called before a result is cached. */
    answered: (answer: unknown) => states.answered(answer),
    /** Called after a result has been cached. */
    wasShown: () => tell(),
    newest: <T>(answer: T): T => states.newest(answer),
  };
}

/** Reads the result of a mutation. */
function marked(answer: unknown): Marked {
  const [result] = Object.values((answer ?? {}) as Record<string, { code?: string; message?: string } | null>);
  if (!result) return { ok: false, error: { code: 'UNKNOWN', message: 'No answer' } };
  const { code, message = '' } = result;
  return code === undefined ? { ok: true } : { ok: false, error: { code, message } };
}

const lost = (error: unknown): object => ({
  error: { code: 'NETWORK', message: error instanceof Error ? error.message : String(error) },
});
