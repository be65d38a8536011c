import pino from 'pino';
import { onTestFinished } from 'vitest';
import type { Start } from '../../src/delivery/chat-subscription.ts';
import { Hub, type HubOptions } from '../../src/delivery/hub.ts';
import type { MembershipWatch } from '../../src/delivery/membership-watches.ts';
import { StreamPlan } from '../../src/delivery/stream-plan.ts';
import { logEvent, type EventDraft } from '../../src/log/chat-transaction.ts';
import type { LogEvent, StreamItem } from '../../src/log/event-types.ts';
import type { LogPage } from '../../src/log/log-reader.ts';
import { encodePublished } from '../../src/log/wire-format.ts';
import type { ViewerChangesReader } from '../../src/viewer-state/viewer-changes.ts';
import { createMemoryPubSub } from '../../src/pubsub/memory.ts';
import type { PubSub } from '../../src/pubsub/pubsub.ts';

type Log = HubOptions['log'] & HubOptions['reserve'];

/** The chat and the users of these tests. Ada causes the events, and the streams are Bob's. */
export const [ada, bob, chatId] = ['ada', 'bob', 'chat'];

export const event = (position: number, type: EventDraft['type'] = 'CHAT_UPDATED', userId?: string): LogEvent =>
  logEvent({ type, actorId: ada, ...(userId && { userId }) }, chatId, position, new Date());

export const changes = (...positions: number[]): LogEvent[] => positions.map((position) => event(position));

/** A page of the log of a chat that Bob has always been a member of, with the given changes. */
export const page = (given: Partial<LogPage>): LogPage => ({
  chatId,
  newestPosition: 5,
  joinedPosition: 1,
  isOver: false,
  ending: null,
  events: [],
  ...given,
});

const noChanges: ViewerChangesReader = { after: async () => [], versions: async () => new Map() };

interface Surroundings {
  pubsub?: PubSub;
  viewerChanges?: ViewerChangesReader;
}

/** Creates a hub over a log of the test, which compares only when it is told to. */
export function createHub(
  log: Partial<Log>,
  { pubsub = createMemoryPubSub(), viewerChanges = noChanges }: Surroundings = {},
) {
  const lines: Record<string, unknown>[] = [];
  const logger = pino({}, { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) });
  const whole: Log = {
    heads: async () => new Map(),
    read: async () => new Map(),
    after: async () => new Map(),
    memberships: async () => [],
    membershipVersions: async () => new Map(),
    ...log,
  };
  const hub = new Hub({ log: whole, reserve: whole, viewerChanges, pubsub, logger, reconcileMs: 60_000 });
  onTestFinished(async () => {
    await hub.stop();
    await pubsub.close();
  });
  return {
    hub,
    pubsub,
    lines,
    publish(...events: LogEvent[]) {
      for (const each of events) pubsub.publish(`chat:${chatId}`, encodePublished({ event: each }));
    },
  };
}

/** Something that waits until the test releases it. */
export function holdUp() {
  let letGo = () => {};
  const free = new Promise<void>((resolve) => (letGo = resolve));
  const held = { isReached: false, letGo, pass: () => ((held.isReached = true), free) };
  return held;
}

interface FollowOptions {
  userId?: string;
  starts: readonly Start[];
  /** The options of a stream over all of Bob's chats. */
  watch?: MembershipWatch;
  unknownIds?: readonly string[];
  viewerStateSince?: number;
  accepts?: (item: StreamItem) => boolean;
  /** Called before items that were read from the log are rendered. */
  beforeRendering?: () => Promise<void>;
}

/** Opens a stream, by default Bob's, as its client sees it. */
export function follow(
  hub: Hub,
  { userId = bob, starts, watch, unknownIds = [], viewerStateSince, accepts, beforeRendering }: FollowOptions,
) {
  const show = ({ type, position, version }: StreamItem) => `${type} ${version ?? position}`;
  const seen = { items: [] as string[], isOver: false, drained: 0, close: () => {} };
  const plan = new StreamPlan(() => true, { hub, userId, watch, starts, unknownIds, viewerStateSince });
  const stream = plan.start<string>(
    {
      operation: 'Follow',
      accepts: accepts ?? (() => true),
      async send(item, subscriptions) {
        for (const subscription of subscriptions) {
          if (subscription.acceptsLive(item)) subscription.listener.subscriber.write(show(item));
        }
      },
      async render(items) {
        if (items.some(({ event: shown, about }) => shown ?? about)) await beforeRendering?.();
        return items.map(show);
      },
    },
    {
      write: (item) => void seen.items.push(item),
      isCongested: false,
      drained: async () => void seen.drained++,
      end: () => (seen.isOver = true),
    },
  );
  seen.close = () => stream.close();
  onTestFinished(seen.close);
  return seen;
}
