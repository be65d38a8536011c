import type { AppliedItem } from '../cache/applied.ts';
import type { EventStream } from '../events/stream.ts';
import { Reader } from '../read-state/reader.ts';
import { receiptsDocument } from './documents.ts';
import { OnScreen } from './on-screen.ts';
import { ReceiptStores, type EphemeralItem, type Receipts } from './receipts.ts';
import type { ReadReceipt } from './status.ts';

/** Chats whose receipts are read in one request. */
const PAGE = 10;

interface FollowReceiptsOptions {
  events: Pick<EventStream<unknown>, 'request' | 'positions'>;
  query(document: string, variables: object): Promise<unknown>;
}

/** Receipts of the chats on screen: they are read at each `EphemeralReady`, and rise by what is told after it. */
export function followReceipts({ events, query }: FollowReceiptsOptions) {
  let isReady = false;
  const stores = new ReceiptStores(update);
  const screen = new OnScreen({
    request: (...request) => events.request(...request),
    chatIds: () => stores.watched().filter((chatId) => events.positions.get(chatId) !== undefined),
    onItem,
  });
  const reader = new Reader({ wanted: () => (isReady ? stores.wanted() : []), read, page: PAGE });

  function update(): void {
    screen.update();
    reader.wake();
  }

  function onItem(item: EphemeralItem): void {
    if (item.__typename === 'ReadReceiptsChanged') return stores.rose(item);
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
    receipts: { of: (chatId: string) => stores.of(chatId) } satisfies Receipts,
    apply: (item: AppliedItem) => stores.apply(item),
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
