import { afterEach, describe, expect, vi } from 'vitest';
import type { TestUser } from '../support/app.ts';
import { kits, openDevice } from './support/device.ts';
import type { FaultyFetch } from './support/faults.ts';
import { until, untilState, type Kit } from './support/kit.ts';
import { test as base } from './support/test.ts';

let http: FaultyFetch;
let kit: Kit;

const texts = (chatId: string) => kit.shown(chatId)?.messages.map(({ content }) => content);
const lasts = () => kit.list()?.map(({ title, last }) => `${title} ${last}`);

const shows = (chatId: string, ...contents: string[]) =>
  until(
    () => JSON.stringify(texts(chatId)) === JSON.stringify(contents),
    `the chat shows ${contents.join(' ')}`,
    () => texts(chatId),
  );
const lists = (...entries: string[]) =>
  until(
    () => JSON.stringify(lasts()?.sort()) === JSON.stringify(entries.sort()),
    `the list shows ${entries.join()}`,
    lasts,
  );

/** A chat of both users with one message, which is open, in the list, and live. */
const test = base.extend('openChat', ({ world, ada, grace }) => async (creator: TestUser = ada): Promise<string> => {
  const chat = await world.chat(creator, [creator === ada ? grace : ada], 'Lunch');
  await world.send(grace, chat, 'm1');
  kit.open(chat);
  kit.openList();
  await shows(chat, 'm1');
  await lists('Lunch m1');
  kit.events.start();
  await untilState(kit, 'live');
  return chat;
});

describe.each(kits)('%s, optimistic', (_name, makeKit) => {
  test.beforeEach(({ ada }) => {
    ({ kit, http } = openDevice(makeKit, ada, { retryForMs: 5_000, optimistic: true }));
  });

  test('a message is shown at once, and the stored one replaces it', async ({ world, grace, openChat }) => {
    const chat = await openChat();
    http.hold();
    const sending = kit.send(chat, 'm2');
    await shows(chat, 'm1', 'm2');
    await lists('Lunch m2');
    expect(kit.shown(chat)?.messages[1]?.id).toMatch('temporary');
    await until(() => http.waiting === 1, 'the answer waits');
    http.release();
    expect(await sending).toBeUndefined();
    await until(() => !kit.shown(chat)?.messages[1]?.id.startsWith('temporary'), 'the stored one shows');
    await world.send(grace, chat, 'm3');
    await shows(chat, 'm1', 'm2', 'm3');
    await lists('Lunch m3');
  });

  test('a message that is refused disappears', async ({ world, grace, openChat }) => {
    const chat = await openChat();
    http.hold();
    const sending = kit.send(chat, ' ');
    await shows(chat, 'm1', ' ');
    http.release();
    expect(await sending).toBe('INVALID_INPUT');
    await shows(chat, 'm1');
    await lists('Lunch m1');
    await world.send(grace, chat, 'm2');
    await shows(chat, 'm1', 'm2');
  });

  test('messages of others stay when an own one is refused, and the last of them is the last message', async ({
    world,
    grace,
    openChat,
  }) => {
    const chat = await openChat();
    http.hold();
    const sending = kit.send(chat, ' ');
    await shows(chat, 'm1', ' ');
    await world.send(grace, chat, 'm2');
    await until(() => texts(chat)?.includes('m2') === true, 'm2 shows');
    http.release();
    await sending;
    await shows(chat, 'm1', 'm2');
    await lists('Lunch m2');
  });

  test('two messages that are being sent are shown in order, and each is replaced or removed by itself', async ({
    world,
    grace,
    openChat,
  }) => {
    const chat = await openChat();
    http.hold();
    const sending = [kit.send(chat, ' '), kit.send(chat, 'm3')];
    await shows(chat, 'm1', ' ', 'm3');
    await until(() => http.waiting === 2, 'both answers wait');
    http.release();
    await Promise.all(sending);
    await shows(chat, 'm1', 'm3');
    await world.send(grace, chat, 'm4');
    await shows(chat, 'm1', 'm3', 'm4');
  });

  test('a chat is shown at once, and is replaced or disappears', async ({ grace, openChat }) => {
    await openChat();
    http.hold();
    const creating = kit.createChat('Dinner', [grace.id]);
    await lists('Lunch m1', 'Dinner null');
    http.release();
    const dinner = await creating;
    await until(() => kit.list()?.some(({ id }) => id === dinner) === true, 'the stored one is listed');
    await lists('Lunch m1', 'Dinner null');
    http.hold();
    const refused = kit.createChat('', [grace.id]);
    await lists('Lunch m1', 'Dinner null', ' null');
    http.release();
    await refused;
    await lists('Lunch m1', 'Dinner null');
  });

  test('a chat that is deleted disappears at once', async ({ openChat }) => {
    const chat = await openChat();
    http.hold();
    const deleting = kit.deleteChat(chat);
    await lists();
    await until(() => kit.shown(chat) === null, 'the open chat is gone');
    http.release();
    expect(await deleting).toBeUndefined();
    await lists();
  });

  test('a chat whose deletion is refused is shown again', async ({ grace, openChat }) => {
    const chat = await openChat(grace);
    http.hold();
    const deleting = kit.deleteChat(chat);
    await lists();
    http.release();
    expect(await deleting).toBe('FORBIDDEN');
    await lists('Lunch m1');
    await shows(chat, 'm1');
  });
});

describe.each(kits)('%s, with garbage collection in the caches', (_name, makeKit) => {
  test.beforeEach(({ ada }) => {
    vi.stubEnv('NODE_ENV', 'production'); // graphcache does not collect garbage in tests
    ({ kit, http } = openDevice(makeKit, ada, { retryForMs: 5_000 }));
  });
  afterEach(() => {
    kit.stop();
    vi.unstubAllEnvs();
  });

  test('messages from events stay, without another request', async ({ world, grace, openChat }) => {
    const chat = await openChat();
    const asked = http.asked;
    for (const content of ['m2', 'm3', 'm4', 'm5', 'm6', 'm7']) {
      await world.send(grace, chat, content);
      await until(() => texts(chat)?.at(-1) === content, content);
    }
    await shows(chat, 'm1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7');
    expect(http.asked).toBe(asked);
  });

  test('messages that a later result no longer has stay', async ({ world, grace, openChat }) => {
    const chat = await openChat();
    for (const content of ['m2', 'm3', 'm4', 'm5', 'm6', 'm7', 'm8']) await world.send(grace, chat, content);
    await until(() => texts(chat)?.length === 8, 'all show');
    const asked = http.asked;
    await kit.refetch(chat); // Apollo begins the list again with it, and urql adds to it
    await world.send(grace, chat, 'm9');
    await until(
      () => texts(chat)?.at(-1) === 'm9',
      'm9 shows',
      () => texts(chat),
    );
    expect(texts(chat)?.slice(-6)).toEqual(['m4', 'm5', 'm6', 'm7', 'm8', 'm9']);
    expect(http.asked).toBe(asked + 1);
  });
});
