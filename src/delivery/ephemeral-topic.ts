/**
 * The ephemeral items of one chat on this server: receipts that have risen, and who types. It sends the first change at
 * once, and then at most one item of each kind a second, however many members there are. It lives while an operation on
 * this server looks at the chat.
 */
import { groupBy } from '../group-by.ts';
import type { LogEvent, StreamItem } from '../log/event-types.ts';
import { receiptsItem, typingItem } from '../log/other-items.ts';
import type { EphemeralNotice, ReceiptNotice } from '../log/wire-format.ts';
import type { Subscription } from './delivery-listener.ts';
import { TypingState } from './typing-state.ts';

/** Minimum milliseconds between two items of a chat. */
const PAUSE = 1_000;

export class EphemeralTopic {
  readonly chatId: string;
  readonly subscriptions = new Set<Subscription>();
  /** The receipts that have risen since the last item, by user. */
  readonly #risen = new Map<string, ReceiptNotice>();
  readonly #typing = new TypingState();
  #isTypingTold = true;
  #pause: NodeJS.Timeout | undefined;
  /** The timer for the first end of typing. It is set while somebody types. */
  #typingEnd: NodeJS.Timeout | undefined;

  constructor(chatId: string) {
    this.chatId = chatId;
  }

  receive(notice: EphemeralNotice): void {
    if ('isTyping' in notice) return this.#typingChanged(this.#typing.receive(notice));
    const known = this.#risen.get(notice.userId);
    // Notices may arrive late and in any order.
    const position = Math.max(known?.position ?? 0, notice.position);
    const delivered = Math.max(known?.delivered ?? 0, notice.delivered, position);
    this.#risen.set(notice.userId, { userId: notice.userId, position, delivered });
    this.#tellSoon();
  }

  /** An event of the chat has been delivered on this server. */
  delivered(event: LogEvent): void {
    if (event.type === 'MESSAGE_CREATED') this.#typingChanged(this.#typing.sent(event.actorId));
    if (event.type === 'MEMBER_REMOVED') this.#typingChanged(this.#typing.left(event.userId));
    if (event.type === 'MEMBER_ADDED') this.#typing.joined(event.userId);
  }

  /** The users who type now, for a new operation; null if nobody does. */
  typing(): StreamItem | null {
    const typing = this.#typing.shown();
    return typing.userCount === 0 ? null : typingItem(this.chatId, typing);
  }

  close(): void {
    clearTimeout(this.#pause);
    clearTimeout(this.#typingEnd);
  }

  #typingChanged(hasChanged: boolean): void {
    if (!hasChanged) return;
    this.#isTypingTold = false;
    clearTimeout(this.#typingEnd);
    const next = this.#typing.nextEnd;
    if (next !== undefined) this.#typingEnd = setTimeout(() => this.#typingChanged(this.#typing.expire()), next);
    this.#tellSoon();
  }

  #tellSoon(): void {
    if (!this.#pause) this.#tell();
  }

  #tell(): void {
    this.#pause = undefined;
    const items: StreamItem[] = [];
    if (this.#risen.size > 0) items.push(receiptsItem(this.chatId, [...this.#risen.values()]));
    if (!this.#isTypingTold) items.push(typingItem(this.chatId, this.#typing.shown()));
    if (items.length === 0) return;
    this.#risen.clear();
    this.#isTypingTold = true;
    this.#pause = setTimeout(() => this.#tell(), PAUSE);
    for (const [broadcast, own] of groupBy(this.subscriptions, ({ listener }) => listener.broadcast)) {
      for (const item of items) void broadcast.send(item, own);
    }
  }
}
