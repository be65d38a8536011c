import type { AppliedItem } from '../cache/applied.ts';
import type { EventStream } from '../events/stream.ts';
import { Reader } from '../read-state/reader.ts';
import { receiptsDocument } from '../receipts/documents.ts';
import { ReceiptStores, type Receipts } from '../receipts/receipts.ts';
import type { ReadReceipt } from '../receipts/status.ts';
import { followTyping, type TypingChats } from '../typing/follow-typing.ts';
import type { EphemeralItem } from './document.ts';
import { OnScreen } from './on-screen.ts';

/** Maximum number of chats whose receipts are read in one request. */
const PAGE = 10;

interface FollowEphemeralOptions {
  events: Pick<EventStream<unknown>, 'getSnapshot' | 'request' | 'positions' | 'viewerId'>;
  query(document: string, variables: object): Promise<unknown>;
  memberCount(chatId: string): number;
}

/**
 * Follows ephemeral events of the chats on screen. Receipts are read at each `EphemeralReady`, and rise with the events
 * after it.
 */
export function followEphemeral(options: FollowEphemeralOptions) {
  const { events, query } = options;
  let isReady = false;
  const stores = new ReceiptStores(update);
  const typing = followTyping({ ...options, onWatched: update });
  const screen = new OnScreen({
    request: (...request) => events.request(...request),
    // Open chats, which have receipts, come before the rows of a list.
    chatIds: () => {
      const open = stores.watched();
      const rows = typing.watched().filter((chatId) => !open.includes(chatId));
      return [...rows, ...open].filter((chatId) => events.positions.get(chatId) !== undefined);
    },
    onItem,
  });
  const reader = new Reader({ wanted: () => (isReady ? stores.wanted() : []), read, page: PAGE });

  function update(): void {
    screen.update();
    reader.wake();
  }

  function onItem(item: EphemeralItem): void {
    if (item.__typename === 'ReadReceiptsChanged') return stores.rose(item);
    if (item.__typename === 'TypingChanged') return typing.changed(item);
    if (item.__typename !== 'EphemeralReady') return;
    isReady = true;
    stores.mayLack();
  }

  async function read(ids: readonly string[]): Promise<void> {
    const done = stores.reading(ids);
    const answer = (await query(receiptsDocument, { ids })) as { nodes: (ShownChat | null)[] };
    done(new Map(answer.nodes.flatMap((node) => (node?.readReceipts ? [[node.id, node.readReceipts]] : []))));
  }

  return {
    own: {
      receipts: { of: (chatId: string) => stores.of(chatId) } satisfies Receipts,
      typing: typing.own satisfies TypingChats,
    },
    apply(item: AppliedItem): void {
      stores.apply(item);
      typing.apply(item);
    },
    live(isLive: boolean): void {
      screen.update();
      reader.live(isLive);
    },
  };
}

interface ShownChat {
  readonly id: string;
  readonly readReceipts?: readonly ReadReceipt[];
}
