import { encodeId } from '../../src/graphql/ids.ts';
import type { ModelClient } from './client.ts';
import { RECEIPTS } from './documents.ts';
import type { Log } from './oracle.ts';
import type { Marks } from './marks.ts';
import type { OwnState } from './own-states.ts';
import type { World } from './world.ts';

interface Receipt {
  userId: string;
  readPosition: number;
  deliveredPosition: number;
}

interface ReceiptChat {
  id: string;
  readReceipts: Receipt[];
  messages: { edges: { node: { id: string; position: number; authorId: string; status: string } }[] };
}

/** Compares a user's state of a chat with the marks of their devices. Marks of other users must not have raised it. */
export function* unlawfulState(
  world: World,
  { name, userId }: ModelClient,
  log: Log,
  state: OwnState,
): Iterable<string> {
  const marks = world.marks.of(userId, encodeId('Chat', log.id));
  const { readPosition } = state;
  const say = (what: string) => `${name} has read ${encodeId('Chat', log.id)} up to ${readPosition}, ${what}`;
  const joined = log.members.find((member) => encodeId('User', member.userId) === userId)!.joinedPosition;
  const highest = Math.max(joined, ...marks.read, ...marks.unread.map((position) => position - 1));
  if (readPosition > highest) yield say(`and marked at most ${highest}`);
  if (readPosition < joined) yield say(`and joined at ${joined}`);
  const acknowledged = Math.max(0, ...marks.acknowledged);
  if (marks.unread.length === 0 && readPosition < acknowledged) yield say(`and was told ${acknowledged}`);
}

/** Compares the receipts that members see of each other, and the status of messages, with the marks. */
export async function unlawfulReceipts(world: World, logs: ReadonlyMap<string, Log>): Promise<string[]> {
  const found: string[] = [];
  const seen = new Map<string, string>();
  for (const { name, token } of world.clients) {
    const chats = await world.requests.read<{ edges: { node: ReceiptChat }[] }>(token, 0, RECEIPTS);
    for (const { node } of chats!.edges) {
      const shown = JSON.stringify(node);
      if ((seen.get(node.id) ?? shown) !== shown) found.push(`${name} sees other receipts: ${shown}`);
      else if (!seen.has(node.id)) found.push(...unlawful(world, node, logs.get(node.id)!));
      seen.set(node.id, shown);
    }
  }
  return found;
}

function* unlawful(world: World, { id, readReceipts, messages }: ReceiptChat, { members }: Log): Iterable<string> {
  const present = members.filter(({ leftPosition }) => leftPosition === null);
  const joinedAt = new Map(present.map(({ userId, joinedPosition }) => [encodeId('User', userId), joinedPosition]));
  const users = readReceipts.map(({ userId }) => userId).sort();
  if (users.join() !== [...joinedAt.keys()].sort().join()) yield `${id} has receipts of ${users.join()}`;
  for (const receipt of readReceipts) {
    yield* unlawfulReceipt(receipt, world.marks.of(receipt.userId, id), joinedAt.get(receipt.userId) ?? 0);
  }
  for (const { node } of messages.edges) {
    const recipients = readReceipts.filter(
      ({ userId }) => userId !== node.authorId && joinedAt.get(userId)! < node.position,
    );
    const isAll = (of: 'readPosition' | 'deliveredPosition') => recipients.every((each) => each[of] >= node.position);
    const status = isAll('readPosition') ? 'READ' : isAll('deliveredPosition') ? 'DELIVERED' : 'SENT';
    if (node.status !== status) yield `message ${node.position} of ${id} is ${node.status} and not ${status}`;
  }
}

function* unlawfulReceipt(receipt: Receipt, marks: Marks, joined: number): Iterable<string> {
  const say = (what: string) => `the receipt ${JSON.stringify(receipt)} ${what}`;
  const read = Math.max(0, ...marks.read);
  if (receipt.readPosition > read) yield say(`though at most ${read} was marked`);
  const delivered = Math.max(read, ...marks.delivered);
  if (receipt.deliveredPosition > delivered) yield say(`though at most ${delivered} was reported as delivered`);
  if (receipt.deliveredPosition < receipt.readPosition) yield say('was read before it was delivered');
  // Marking a chat as unread does not lower receipts. Messages from before the joining have no receipt.
  const acknowledged = Math.max(0, ...marks.acknowledged);
  if (marks.unread.length === 0 && acknowledged > joined && receipt.readPosition < acknowledged)
    yield say(`though ${acknowledged} was acknowledged`);
}
