/**
 * One subscriber in one chat: its cursor in the chat's log, and which items it may still receive. Its `ChatFeed`
 * creates it and keeps it until it has ended or left. It holds state and decides; it calls no other object.
 *
 * The table shows what each call changes in each phase; a dash means that nothing changes:
 *
 * | event                          | reading           | replaying        | live  | ended | left |
 * | ------------------------------ | ----------------- | ---------------- | ----- | ----- | ---- |
 * | readingBegins                  | is not stale      | –                | –     | –     | –    |
 * | pageRead                       | replaying from it | the cursor moves | –     | –     | –    |
 * | pageWritten                    | –                 | known            | known | –     | –    |
 * | endingRead                     | ended             | ended            | –     | –     | –    |
 * | endingPassed, after the cursor | is stale          | ended            | ended | –     | –    |
 * | endingPassed, up to the cursor | is stale          | –                | –     | –     | –    |
 * | goLive                         | –                 | live             | –     | –     | –    |
 * | leave                          | left              | left             | left  | left  | –    |
 */
import type { LogEvent, StreamItem } from '../log/event-types.ts';

export class ChatSubscription<Listener = unknown> {
  readonly chatId: string;
  readonly userId: string;
  /** The stream that is told when the subscription has ended or must begin anew. */
  readonly listener: Listener;
  phase: Phase;
  /** Whether the client knows the chat. If not, the chat begins with `ChatAdded`. */
  known: boolean;

  constructor(chatId: string, userId: string, listener: Listener, { phase, known }: From) {
    this.chatId = chatId;
    this.userId = userId;
    this.listener = listener;
    this.phase = phase;
    this.known = known;
  }

  /** Where the next page of the log is read from. */
  get readsAfter(): number | 'now' {
    const { phase } = this;
    if (phase.is === 'reading') return phase.after;
    return phase.is === 'replaying' ? phase.cursor : 'now';
  }

  /** Whether it lacks events that its feed has delivered. */
  isBehind(feedPosition: number): boolean {
    const { phase } = this;
    return phase.is === 'reading' || (phase.is === 'replaying' && phase.cursor < feedPosition);
  }

  /** Whether a page that was read since `readingBegins` may be older than an ending that the feed has delivered. */
  get isStale(): boolean {
    return this.phase.is === 'reading' && this.phase.isStale;
  }

  /** Whether it ends when its feed delivers this ending. One up to the cursor belongs to an earlier membership. */
  isEndedBy({ position }: LogEvent): boolean {
    const { phase } = this;
    return (phase.is === 'replaying' || phase.is === 'live') && phase.cursor < position;
  }

  /** Asked when the bytes of a live item are about to be written. */
  acceptsLive({ position, event }: StreamItem): boolean {
    const { phase } = this;
    if (phase.is === 'live') return position > phase.cursor;
    return phase.is === 'ended' && event?.position === phase.by.position;
  }

  /** Asked when the bytes of an item that was read from the log are about to be written. */
  acceptsReplayed({ event }: StreamItem): boolean {
    const { phase } = this;
    return phase.is === 'ended' ? event?.position === phase.by.position : phase.is !== 'left';
  }

  readingBegins(): void {
    if (this.phase.is === 'reading') this.phase = { ...this.phase, isStale: false };
  }

  /**
   * The user is a member, and the page that is about to be written reaches up to this position. It is called before the
   * page is written: an ending above the position must still end this subscription, and one at or below it belongs to
   * an earlier membership.
   */
  pageRead(position: number): void {
    if (this.phase.is === 'reading' || this.phase.is === 'replaying')
      this.phase = { is: 'replaying', cursor: position };
  }

  pageWritten(): void {
    if (this.phase.is === 'replaying' || this.phase.is === 'live') this.known = true;
  }

  /** The log says that the membership, or the chat, has ended. */
  endingRead(by: LogEvent): void {
    if (this.phase.is === 'reading' || this.phase.is === 'replaying') this.phase = { is: 'ended', by };
  }

  /** The feed delivers the end of a membership of this user, or of the chat. */
  endingPassed(by: LogEvent): void {
    if (this.phase.is === 'reading') this.phase = { ...this.phase, isStale: true };
    else if (this.isEndedBy(by)) this.phase = { is: 'ended', by };
  }

  goLive(): void {
    if (this.phase.is === 'replaying') this.phase = { is: 'live', cursor: this.phase.cursor };
  }

  leave(): void {
    this.phase = { is: 'left' };
  }
}

export type Phase =
  /**
   * The membership is not read yet. It is stale if the feed has delivered an ending since the read of the log began.
   * The page may then be older than the ending, and is read again.
   */
  | { is: 'reading'; after: number | 'now'; isStale: boolean }
  /** The user is a member. The events after the cursor are read from the log. */
  | { is: 'replaying'; cursor: number }
  /** It receives the events that its feed delivers. The cursor stays where the replay ended. */
  | { is: 'live'; cursor: number }
  /** Nothing of the chat is written any more except this event. */
  | { is: 'ended'; by: LogEvent }
  /** The subscriber has gone, or continues with another subscription. Nothing is written any more. */
  | { is: 'left' };

/** The phase in which a subscription begins, and whether the client knows the chat. */
export interface From {
  phase: Extract<Phase, { is: 'reading' | 'replaying' }>;
  known: boolean;
}

/** A chat that a stream begins with. */
export interface Start {
  chatId: string;
  from: From;
}

/** Begins after a position that was read just now, together with the membership. */
export const fromKnown = (position: number): From => ({ phase: { is: 'replaying', cursor: position }, known: true });

/** Begins after the position that the client names. */
export const fromClient = (position: number): From => reading(position, true);

/** Begins with the event at which a membership begins. */
export const fromJoining = (position: number): From => reading(position - 1, false);

/** Begins at the newest position: the client gets `ChatReset`, or `ChatAdded` if it does not know the chat. */
export const fromNow = (known: boolean): From => reading('now', known);

const reading = (after: number | 'now', known: boolean): From => ({
  phase: { is: 'reading', after, isStale: false },
  known,
});
