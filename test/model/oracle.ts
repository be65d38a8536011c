import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import type { PrismaClient } from '../../src/database/generated/client.ts';
import { encodeId } from '../../src/graphql/ids.ts';
import { cachedChat, type ChatState, type ModelClient, type Received } from './client.ts';
import { CHATS, SAVED } from './documents.ts';
import type { OwnState } from './own-states.ts';
import { unlawfulReceipts, unlawfulState } from './read-oracle.ts';
import type { World } from './world.ts';

/**
 * The item that each type of event must show. This repeats the product's rule on purpose, independently of its code.
 */
const shown: Record<string, string> = {
  CHAT_CREATED: 'ChatAdded',
  CHAT_UPDATED: 'ChatUpdated',
  CHAT_DELETED: 'ChatDeleted',
  MEMBER_ADDED: 'MemberAdded',
  MEMBER_REMOVED: 'MemberRemoved',
  MESSAGE_CREATED: 'MessageCreated',
  MESSAGE_EDITED: 'MessageEdited',
  MESSAGE_DELETED: 'MessageDeleted',
  REACTION_ADDED: 'ReactionAdded',
  REACTION_REMOVED: 'ReactionRemoved',
};

interface Logged {
  type: string;
  position: number;
  userId: string | null;
}

/** The item of an event, also of a type that the server does not know. */
const itemOf = (type: string): string => shown[type] ?? 'EventSkipped';

/** Finds violations of the promise in a world that is at rest. */
export async function violations(world: World, db: PrismaClient, port: number): Promise<string[]> {
  const found = [...world.requests.faults, ...world.clients.flatMap(({ violations }) => violations)];
  const logs = await readLogs(world, db);
  for (const client of world.clients) {
    for (const received of client.received) found.push(...unlawful(client, received, logs.get(received.chatId)));
    for (const { chatId } of client.own.told) {
      if (chatId === undefined) continue;
      const log = logs.get(chatId);
      if (!log || periods(log, client.userId).length === 0) found.push(`${client.name} got the state of ${chatId}`);
    }
    found.push(...(await otherSaved(world, client)));
    found.push(...(await differences(client, port, (id, state) => unlawfulState(world, client, logs.get(id)!, state))));
  }
  found.push(...(await unlawfulReceipts(world, logs)));
  found.push(...(await lost(world, db)));
  for (const log of logs.values()) found.push(...(await unruly(log, db)));
  return found;
}

async function readLogs(world: World, db: PrismaClient) {
  const userIds = world.users.map(({ rowId }) => rowId);
  const chats = await db.chat.findMany({
    where: { members: { some: { userId: { in: userIds } } } },
    include: { members: true },
  });
  // Prisma does not read events of types that it does not know.
  const events = await db.$queryRaw<(Logged & { chatId: string })[]>`
    SELECT chat_id AS "chatId", position, type::text, user_id AS "userId" FROM event
    WHERE chat_id = ANY(${chats.map(({ id }) => id)}::uuid[]) ORDER BY position`;
  return new Map(
    chats.map((chat) => [
      encodeId('Chat', chat.id),
      { ...chat, events: events.filter(({ chatId }) => chatId === chat.id) },
    ]),
  );
}

export type Log = Awaited<ReturnType<typeof readLogs>> extends Map<string, infer T> ? T : never;

/** The memberships of a user, each from joining to leaving, both included. */
function periods({ events, members, deletedAt, position }: Log, userId: string): { from: number; to: number }[] {
  const own = (event: Logged) => event.userId !== null && encodeId('User', event.userId) === userId;
  const first = events.find((event) => own(event) && event.type.startsWith('MEMBER_'));
  const founding = members.some((member) => encodeId('User', member.userId) === userId && member.joinedPosition === 1);
  const found: { from: number; to: number }[] = [];
  if (founding || first?.type === 'MEMBER_REMOVED') found.push({ from: 1, to: Infinity });
  for (const event of events) {
    if (event.type === 'MEMBER_ADDED' && own(event)) found.push({ from: event.position, to: Infinity });
    if (event.type === 'MEMBER_REMOVED' && own(event)) found.at(-1)!.to = event.position;
  }
  const last = found.at(-1);
  if (last && deletedAt) last.to = Math.min(last.to, position);
  return found;
}

/**
 * Compares an item that a client received with the log and the user's memberships. The client itself has checked the
 * order of items.
 */
function* unlawful({ name, userId }: ModelClient, item: Received, log: Log | undefined): Iterable<string> {
  const { session, type, position, known, replayed } = item;
  const say = (what: string) => `${name}, session ${session}: ${type} ${position} after ${known ?? 'nothing'} ${what}`;
  const event = log?.events[position - 1];
  if (!log || !event) return yield say('of a chat or event that does not exist');
  const rights = periods(log, userId);
  const toSelf = event.userId !== null && encodeId('User', event.userId) === userId;
  const expected = event.type === 'MEMBER_ADDED' && toSelf ? 'ChatAdded' : itemOf(event.type);
  if (!rights.some(({ from, to }) => from <= position && position <= to)) yield say('from outside of a membership');
  if (type === expected) return;
  if (type === 'ChatReset') {
    const rejoined = rights.some(({ from }) => known! < from && from <= position);
    if (!rejoined) yield say('although the log reaches back');
  } else if (type !== 'ChatAdded') yield say(`is a ${expected} in the log`);
  else if (!replayed && !rights.some(({ from, to }) => from <= position && position < to && to < Infinity)) {
    // A live chat begins with the event of the joining, unless the membership has ended and begun again meanwhile.
    if (rights.length < 2) yield say('although the joining is in the log');
  }
}

/** Compares the cache that a client has built from events alone with a fresh query. */
async function differences(
  client: ModelClient,
  port: number,
  unlawfulStateOf: (chatId: string, state: OwnState) => Iterable<string>,
): Promise<string[]> {
  const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${client.token}` },
    body: JSON.stringify({ query: CHATS }),
  });
  const { data, errors } = (await response.json()) as {
    data?: { chats: { edges: { node: ChatState & { position: number } }[] } };
    errors?: unknown;
  };
  if (!data) return [`${client.name}: a fresh query fails: ${JSON.stringify(errors)}`];
  const chats = data.chats.edges.map(({ node }) => node);
  const fresh = new Map(chats.map((chat) => [chat.id, cachedChat(chat)]));
  const drafts = chats.flatMap(({ id, draft }) => (draft ? [`${id} ${draft.content}`] : [])).sort();
  const states = chats.map(({ id, viewerState }) => [id, viewerState!] as const);
  try {
    expect(client.chats).toEqual(fresh);
    expect(client.drafts.shown(client.chats.keys())).toEqual(drafts);
    return states.flatMap(([id, state]) => [...otherwise(client, id, state), ...unlawfulStateOf(id, state)]);
  } catch (error) {
    return [`${client.name}: the cache is not what a fresh query answers: ${(error as Error).message}`];
  }
}

/** Compares the saved messages that the device shows with a fresh query. */
async function otherSaved(world: World, { name, token, saved }: ModelClient): Promise<string[]> {
  type Page = { edges: { node: { messageId: string; note: string | null } }[] };
  const page = await world.requests.read<Page>(token, 0, SAVED);
  const fresh = page!.edges.map(({ node }) => `${node.messageId} ${node.note ?? ''}`).sort();
  const shown = saved.shown();
  return isDeepStrictEqual(shown, fresh) ? [] : [`${name} has saved ${shown.join()} and not ${fresh.join()}`];
}

/** Compares the viewer state that the device shows with a fresh query. */
function* otherwise(client: ModelClient, chatId: string, { asOfPosition: _, ...state }: OwnState): Iterable<string> {
  const shown = client.shownState(chatId);
  if (!isDeepStrictEqual(shown, state))
    yield `${client.name} shows its state of ${chatId} as ${JSON.stringify(shown)} and not as ${JSON.stringify(state)}`;
}

/** Each change of a group has one line, after its events. A DIRECT chat has none. */
async function unruly({ id, kind, events }: Log, db: PrismaClient): Promise<string[]> {
  const lines = await db.message.findMany({ where: { chatId: id, type: 'SYSTEM' }, select: { position: true } });
  const changes = ['CHAT_CREATED', 'CHAT_UPDATED', 'MEMBER_ADDED', 'MEMBER_REMOVED'];
  const due = events.flatMap(({ type, position }) => {
    const next = events[position]?.type;
    const isLast = changes.includes(type) && !changes.includes(next ?? '') && next !== 'CHAT_DELETED';
    return kind === 'GROUP' && isLast ? [position + 1] : [];
  });
  const written = lines.map((line) => line.position).sort((a, b) => a - b);
  return due.join() === written.join() ? [] : [`${id}: lines at ${written.join()} and not at ${due.join()}`];
}

/** Acknowledged messages that are missing or stored twice. */
async function lost(world: World, db: PrismaClient): Promise<string[]> {
  const authors = world.users.map(({ rowId }) => rowId);
  const messages = await db.message.findMany({
    where: { authorId: { in: authors }, type: { not: 'SYSTEM' } },
    select: { id: true, chatId: true },
  });
  const created = await db.event.groupBy({
    by: ['messageId'],
    where: { type: 'MESSAGE_CREATED', actorId: { in: authors } },
    _count: true,
  });
  const ids = new Set(messages.map(({ id }) => encodeId('Message', id)));
  const missing = [...world.acknowledged].filter(([, id]) => !ids.has(id)).map(([content]) => `${content} is lost`);
  const { size: sent } = world.acknowledged;
  return [
    ...missing,
    ...created.filter(({ _count }) => _count > 1).map(({ messageId }) => `${messageId} was created twice`),
    ...(messages.length > sent + world.requests.inDoubt
      ? [`${messages.length} messages were written, ${sent} acknowledged, ${world.requests.inDoubt} in doubt`]
      : []),
  ];
}
