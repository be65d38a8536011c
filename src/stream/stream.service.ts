import type { ChatGate } from '../chat/chat.gate.ts';
import { BadRequestError } from '../errors.ts';
import { subscriptions, type Carries } from '../events/catalogue.ts';
import type { Hub } from '../events/hub.ts';
import { startAfter, startAnew, startWhereNamed, Stream } from '../events/stream.ts';
import { limits } from '../limits.ts';

export type StreamService = ReturnType<typeof createStreamService>;

/** Opens streams: who may not hear is refused here, before anything is subscribed. */
export function createStreamService({ hub, gate }: { hub: Hub; gate: ChatGate }) {
  /** All chats of the user, from now on. */
  const overAll = (userId: string, carries: Carries): Promise<Stream> =>
    Stream.overAll(hub, { userId, carries }, (memberships) =>
      memberships.map(({ chatId, head }) => startAfter(chatId, head)),
    );

  return {
    /** One chat, from now on. */
    async overChat(userId: string, chatId: string, carries: Carries): Promise<Stream> {
      const { position } = await gate.enter(userId, chatId);
      return new Stream(hub, { userId, carries, over: 'one', starts: [startAfter(chatId, position)] });
    },

    overAll,

    /** All chats of the user, from where the client is. */
    async resume(
      userId: string,
      since: readonly { chatId: string; position: number }[],
      unknown: readonly string[],
    ): Promise<Stream> {
      const named = new Map(since.map(({ chatId, position }) => [chatId, position]));
      if (named.size < since.length) throw new BadRequestError('since: names a chat twice.');
      if (since.length > limits.since) throw new BadRequestError(`since: must name at most ${limits.since} chats.`);
      if (since.some(({ position }) => position < 0)) throw new BadRequestError('since: a position must be 0 or more.');
      return Stream.overAll(hub, { userId, carries: subscriptions.events, unknown }, (memberships) => [
        ...since.map(({ chatId, position }) => startWhereNamed(chatId, position)),
        ...memberships.filter(({ chatId }) => !named.has(chatId)).map(({ chatId }) => startAnew(chatId)),
      ]);
    },
  };
}
