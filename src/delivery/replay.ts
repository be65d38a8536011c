/**
 * Reads the events that subscriptions lack from the log, page by page, and decides what each page means for them. It
 * knows no hub and no connection: the functions that read and deliver are passed in.
 */
import { toStreamItem, type LogEvent, type StreamItem } from '../log/event-types.ts';
import { controlItem } from '../log/other-items.ts';
import type { LogPage } from '../log/log-reader.ts';
import type { ChatSubscription } from './chat-subscription.ts';

/** Maximum number of events of one chat in a page, and about the number of events that are delivered in one step. */
export const PAGE = 200;
/** Maximum number of chats that are read in one statement. */
const CHATS = 50;

/** A subscription, and the position of its feed. */
export interface Followed {
  readonly feed: { readonly head: { position: number } | undefined };
  readonly subscription: ChatSubscription;
}

/** What a page of the log means for a subscription: the items to write, and then its next phase. */
export interface Answer<Chat extends Followed> {
  chat: Chat;
  items: StreamItem[];
  then:
    | { is: 'replaying'; position: number }
    | { is: 'ended'; by: LogEvent }
    /** The chat is purged or was never the user's, or its ending is no longer in the log. */
    | { is: 'gone' };
}

interface ReplayOptions<Chat extends Followed> {
  /** The time at which the memberships of the user were read, if the stream is over all chats. */
  membershipsReadAt: Date | undefined;
  read(wanted: { chatId: string; after: number | 'now' }[]): Promise<ReadonlyMap<string, LogPage>>;
  /** Called in the same tick in which the answers were checked against the feeds. Resolves when they are written. */
  deliver(answers: Answer<Chat>[]): Promise<void>;
}

export const isBehind = ({ feed, subscription }: Followed): boolean => subscription.isBehind(feed.head?.position ?? 0);

/** Runs until none of the chats is behind its feed. */
export async function replay<Chat extends Followed>(chats: readonly Chat[], options: ReplayOptions<Chat>) {
  for (let behind; (behind = chats.filter(isBehind).slice(0, CHATS)).length > 0;) {
    for (const { subscription } of behind) subscription.readingBegins();
    const pages = await options.read(
      behind.map(({ subscription }) => ({ chatId: subscription.chatId, after: subscription.readsAfter })),
    );
    const pageOf = ({ subscription }: Chat) => pages.get(subscription.chatId);
    for (const step of steps(behind, (chat) => pageOf(chat)?.events.length ?? 0)) {
      // A feed may have delivered an ending since the pages were read, or while the last step was written.
      const current = step.filter((chat) => isBehind(chat) && !chat.subscription.isStale);
      await options.deliver(current.map((chat) => ({ chat, ...answer(chat.subscription, pageOf(chat), options) })));
    }
  }
}

/** Decides what a page of the log means for a subscription that is reading or replaying. */
export function answer(
  { chatId, userId, known, readsAfter }: ChatSubscription,
  page: LogPage | undefined,
  { membershipsReadAt }: Pick<ReplayOptions<Followed>, 'membershipsReadAt'>,
): Omit<Answer<Followed>, 'chat'> {
  const show = (event: LogEvent) => toStreamItem(event, event.userId === userId);
  if (!page || (page.isOver && !page.ending)) {
    return { items: known ? [controlItem('ChatGone', chatId)] : [], then: { is: 'gone' } };
  }
  const { ending, newestPosition, events } = page;
  if (ending) {
    // A client that does not know the chat is not told of an ending from before the stream began.
    const isNews = known || !membershipsReadAt || ending.occurredAt > membershipsReadAt;
    return { items: isNews ? [show(ending)] : [], then: { is: 'ended', by: ending } };
  }
  if (readsAfter === 'now' || !isContiguous(page, readsAfter, known)) {
    const item = controlItem(known ? 'ChatReset' : 'ChatAdded', chatId, newestPosition);
    return { items: [item], then: { is: 'replaying', position: newestPosition } };
  }
  const position = events.at(-1)?.position ?? readsAfter;
  return { items: events.map(show), then: { is: 'replaying', position } };
}

/**
 * Whether the page can be replayed without a gap and within the present membership. A client that does not know the
 * chat starts with the event of its joining; one that does starts after its cursor.
 */
function isContiguous({ joinedPosition, newestPosition, events }: LogPage, after: number, known: boolean): boolean {
  if (joinedPosition > after + (known ? 0 : 1) || after > newestPosition) return false;
  return events.length === 0
    ? known && after === newestPosition
    : events.every(({ position }, i) => position === after + 1 + i);
}

/** Splits the chats into steps of about one page of events each. */
function* steps<Chat>(chats: readonly Chat[], eventsOf: (chat: Chat) => number): Iterable<Chat[]> {
  let step: Chat[] = [];
  let events = 0;
  for (const chat of chats) {
    const more = eventsOf(chat);
    if (step.length > 0 && events + more > PAGE) {
      yield step;
      step = [];
      events = 0;
    }
    step.push(chat);
    events += more;
  }
  if (step.length > 0) yield step;
}
