import { expect, test } from 'vitest';
import type { Subscription } from '../../src/delivery/delivery-listener.ts';
import { ChatSubscription, fromKnown } from '../../src/delivery/chat-subscription.ts';
import { Cohort } from '../../src/fanout/cohort.ts';
import type { LiveQuery, Rendering, Request } from '../../src/fanout/live-query.ts';
import { SharedResult } from '../../src/fanout/shared-result.ts';
import { toStreamItem } from '../../src/log/event-types.ts';
import { ada, bob, chatId, event, holdUp } from '../support/delivery.ts';

/** A cohort of two members, live after position 4, whose executions wait until they are released. */
function heldUp(...perViewer: string[]) {
  const held = holdUp();
  const query: Pick<LiveQuery, 'name' | 'render'> = {
    name: 'Follow',
    async render(requests: readonly Request[]): Promise<Rendering[]> {
      await held.pass();
      return requests.map(({ item }) => ({
        result: new SharedResult({ data: { position: item.position } }),
        viewerAsked: false,
      }));
    },
  };
  const cohort = new Cohort({
    query: query as LiveQuery,
    accepts: () => true,
    perViewer: new Set(perViewer),
    onPerViewer: () => {},
    onViewerAsked: () => {},
    onFailed: (error) => {
      throw error;
    },
  });
  const member = (userId: string) => {
    const written: string[] = [];
    const subscriber = { write: ({ json }: SharedResult) => void written.push(json) };
    const subscription = new ChatSubscription(chatId, userId, { subscriber }, fromKnown(4));
    subscription.goLive();
    return { written, subscription: subscription as unknown as Subscription<SharedResult> };
  };
  return { held, cohort, members: [member(ada), member(bob)] as const };
}

test.each([
  ['once for all', []],
  ['for each viewer', ['ChatUpdated']],
])(
  'an item that is executed %s is not written to a member who leaves meanwhile, but the ending is',
  async (_, perViewer) => {
    const { held, cohort, members } = heldUp(...perViewer);
    const [staying, leaving] = members;
    const removed = event(6, 'MEMBER_REMOVED', bob);
    const subscriptions = members.map(({ subscription }) => subscription);

    const sent = cohort.send(toStreamItem(event(5), false), subscriptions);
    leaving.subscription.endingPassed(removed);
    const ended = cohort.send(toStreamItem(removed, true), [leaving.subscription]);
    held.letGo();
    await Promise.all([sent, ended]);

    expect(staying.written).toEqual(['{"data":{"position":5}}']);
    expect(leaving.written).toEqual(['{"data":{"position":6}}']);
  },
);
