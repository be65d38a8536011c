import type { AppliedItem } from '../cache/applied.ts';
import type { Drafts } from '../drafts/drafts.ts';
import { followDrafts } from '../drafts/follow-drafts.ts';
import { followEphemeral } from '../ephemeral/follow-ephemeral.ts';
import { createReadState, type Reading, type ReadStateOptions, type UnreadChats } from '../read-state/read-state.ts';
import { Deliveries } from '../receipts/deliveries.ts';
import { markDeliveredDocument } from '../receipts/documents.ts';
import type { Receipts } from '../receipts/receipts.ts';
import type { TypingChats } from '../typing/follow-typing.ts';

/** What the `parley` of each adapter has beside its client: the state of the user and of others in their chats. */
export interface OwnState {
  readonly unread: UnreadChats;
  readonly read: Reading;
  readonly receipts: Receipts;
  readonly typing: TypingChats;
  readonly drafts: Drafts;
}

/** Items that add messages. Others only show messages that existed before. */
const ARRIVING = ['MessageCreated', 'ChatAdded', 'ChatReset'];

/** For adapters: they pass results and items to it, and show the resulting state. */
export function createOwnState(options: ReadStateOptions) {
  const { events } = options;
  const readState = createReadState(options);
  const { memberCount } = readState;
  const drafts = followDrafts(options);
  const ephemeral = followEphemeral({ ...options, memberCount });
  const deliveries = new Deliveries({
    viewerId: events.viewerId,
    memberCount,
    async tell(positions) {
      await options.mutate(markDeliveredDocument, { input: { positions } });
    },
  });

  events.subscribe(() => {
    const isLive = events.getSnapshot() === 'live';
    if (isLive) drafts.goOn();
    ephemeral.live(isLive);
    deliveries.live(isLive);
  });

  const own: OwnState = {
    ...readState.own,
    ...ephemeral.own,
    drafts: {
      of: (chatId) => drafts.of(chatId),
      set: (...draft) => drafts.set(...draft),
      save: (chatId) => drafts.save(chatId),
      resolve: (...draft) => drafts.resolve(...draft),
    },
  };
  return {
    own,
    drafts,
    /** Takes items of the stream. `show` updates the cache with them. */
    apply(items: readonly AppliedItem[], show: ReadStateOptions['show']): void {
      readState.apply(items, show);
      for (const item of items) {
        drafts.apply(item);
        ephemeral.apply(item);
        if (ARRIVING.includes(item.__typename ?? '')) deliveries.arrived(item);
      }
    },
    /** Called before a result is cached. */
    answered(answer: unknown): void {
      readState.answered(answer);
      deliveries.arrived(answer);
    },
    wasShown: readState.wasShown,
    newest: readState.newest,
  };
}
