import { randomBytes } from 'node:crypto';
import type { Page } from 'playwright-core';
import { afterAll, expect } from 'vitest';
import { openDatabase, type DatabaseOptions } from '../../src/database/open.ts';
import { hashPassword } from '../../src/session/password.ts';
import { message, openChat, openSignedIn, write, type App } from './support/browser.ts';
import { startServer, type Server } from './support/server.ts';
import { test } from './support/test.ts';

const total = 2_500;
const ada = {
  username: `ada_${randomBytes(4).toString('hex')}`,
  password: 'correct horse battery',
  displayName: 'Ada',
};

let server: Server;
let app: App;
let page: Page;

test.beforeAll(async ({ browser }) => {
  server = await startServer({ prepare: fill });
  app = await openSignedIn(browser, server.url, ada);
  page = app.page;
  await openChat(page, 'Long');
  await message(page, `Message ${total}:`).waitFor();
}, 180_000);

afterAll(async () => {
  await server?.remove();
  expect(app.problems).toEqual([]);
});

/** Fills a chat as if it had been written over three weeks, in messages of one to twenty words. */
async function fill(database: DatabaseOptions): Promise<void> {
  const { username, displayName, password } = ada;
  const passwordHash = await hashPassword(password);
  const now = new Date();
  const { db, close } = await openDatabase(database);
  const { id: userId } = await db.user.create({ data: { username, displayName, passwordHash, membershipVersion: 1 } });
  const chat = { kind: 'GROUP', title: 'Long', createdById: userId, createdAt: now, lastActivityAt: now } as const;
  const { id: chatId } = await db.chat.create({
    data: { ...chat, position: total + 1, rightsVersion: 1, memberCount: 1 },
  });
  await db.chatMember.create({ data: { chatId, userId, role: 'OWNER', joinedAt: now, joinedPosition: 1 } });
  await db.$executeRaw`
    WITH sent AS (
      INSERT INTO message (chat_id, position, revision, author_id, type, content, created_at)
      SELECT ${chatId}::uuid, n + 1, n + 1, ${userId}::uuid, 'TEXT', 'Message ' || n || ':' || repeat(' word', 1 + n * 7 % 20),
             now() - make_interval(mins => (${total}::int - n) * 11)
      FROM generate_series(1, ${total}::int) AS n RETURNING id, position, created_at
    )
    INSERT INTO event (chat_id, position, type, actor_id, message_id, occurred_at)
    SELECT ${chatId}::uuid, position, 'MESSAGE_CREATED', ${userId}::uuid, id, created_at FROM sent`;
  await close();
}

/**
 * The messages in view by number, with their distance from the top, and the distance of the view from the chat's end.
 */
function view(): Promise<{ tops: Record<string, number>; fromEnd: number }> {
  return page.getByRole('feed').evaluate((feed) => {
    const { top, bottom } = feed.getBoundingClientRect();
    const tops = [...feed.querySelectorAll('article')]
      .map((article) => [article.textContent, article.getBoundingClientRect()] as const)
      .filter(([, box]) => box.bottom > top && box.top < bottom)
      .map(([text, box]) => [/Message (\d+):/.exec(text)?.[1] ?? '', box.top - top]);
    return { tops: Object.fromEntries(tops), fromEnd: feed.scrollHeight - feed.scrollTop };
  });
}

const oldestInView = async () => Math.min(...Object.keys((await view()).tops).map(Number));

/** Scrolls up by this distance, and waits until the list has been drawn. */
const scrollUpBy = (distance: number) =>
  page.getByRole('feed').evaluate(
    (feed, distance) =>
      new Promise<void>((resolve) => {
        feed.scrollTop -= distance;
        requestAnimationFrame(() => requestAnimationFrame(() => resolve()));
      }),
    distance,
  );

/** Scrolls up, frame by frame, until this old message is in view. */
async function scrollUpTo(target: number): Promise<void> {
  await page.getByRole('feed').evaluate(
    (feed, target) =>
      new Promise<void>((resolve) => {
        requestAnimationFrame(function frame() {
          const numbers = [...feed.querySelectorAll('article')].map(({ textContent }) =>
            Number(/Message (\d+):/.exec(textContent)?.[1]),
          );
          if (numbers.some((number) => number <= target)) return resolve();
          feed.scrollTop -= 600;
          requestAnimationFrame(frame);
        });
      }),
    target,
  );
}

async function usedMegabytes(): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize / 1024 ** 2;
}

test('older messages are added above while the user reads: the view moves exactly as far as the user scrolls', async () => {
  await page.getByRole('feed').hover();
  for (let read = 0; read < 30; read++) {
    const before = await view();
    await scrollUpBy(200);
    const after = await view();
    const scrolled = after.fromEnd - before.fromEnd;
    const stayed = Object.keys(after.tops).filter((number) => number in before.tops);
    const strayed = stayed.map((number) => (after.tops[number] ?? 0) - (before.tops[number] ?? 0) - scrolled);
    expect(stayed.length).toBeGreaterThan(0);
    expect(Math.max(...strayed.map(Math.abs))).toBeLessThan(2);
  }
});

test('however far up the user reads, the page only holds the messages around the view, and its memory does not grow', async () => {
  await scrollUpTo(total - 500);
  const memoryAtStart = await usedMegabytes();
  await scrollUpTo(total - 2_000);
  expect(await usedMegabytes()).toBeLessThan(memoryAtStart + 5);
  expect(await page.getByRole('article').count()).toBeLessThan(60);
});

test('from far up, one press leads to the newest message, and so does sending', async () => {
  await scrollUpTo(total - 2_000);
  expect(await oldestInView()).toBeLessThan(total - 1_900);
  await page.getByRole('button', { name: 'To the newest messages' }).click();
  await message(page, `Message ${total}:`).waitFor();

  await scrollUpTo(total - 600);
  await write(page, 'Here again');
  await message(page, 'Here again').waitFor();
  await page.getByText('Sending').waitFor({ state: 'detached' });
  await message(page, 'Here again').waitFor();
  expect(await message(page, 'Here again').count()).toBe(1);
});

test('on the way down again every message is shown, in order', async () => {
  await scrollUpTo(total - 800);
  const met = await page.getByRole('feed').evaluate(
    (feed, total) =>
      new Promise<number[]>((resolve) => {
        const met = new Set<number>();
        requestAnimationFrame(function frame() {
          const { top, bottom } = feed.getBoundingClientRect();
          const shown = [...feed.querySelectorAll('article')]
            .map((article) => ({
              number: Number(/Message (\d+):/.exec(article.textContent)?.[1]),
              index: Number(article.dataset.index),
              box: article.getBoundingClientRect(),
            }))
            .filter(({ box }) => box.bottom > top && box.top < bottom)
            .sort((one, other) => one.box.top - other.box.top);
          // The list is drawn a moment after it was scrolled. Its last row is always mounted, even before the rows above it.
          const isDrawn =
            (shown.at(-1)?.box.bottom ?? 0) > bottom - 40 &&
            shown.every(({ index }, place) => index === (shown[0]?.index ?? 0) + place);
          if (isDrawn) {
            for (const { number } of shown) met.add(number);
            if (met.has(total)) return resolve([...met]);
            feed.scrollTop += 200;
          }
          requestAnimationFrame(frame);
        });
      }),
    total,
  );
  const messages = met.filter((number) => !Number.isNaN(number));
  const oldest = messages[0] ?? 0;
  expect(messages).toEqual(Array.from({ length: total - oldest + 1 }, (_, index) => oldest + index));
});

test('a reload keeps the place in a chat, and the end for a reader who was there', async () => {
  const end = await middle();
  await page.reload();
  await expect.poll(() => strayed(end)).toBeLessThan(2);

  await scrollUpTo(total - 300);
  for (const further of [90, 3_333]) {
    await scrollUpBy(further);
    await untilStill();
    const place = await middle();
    await page.reload();
    await expect.poll(() => strayed(place)).toBeLessThan(2);
    // The pages that are then loaded above and below do not move it.
    await expect.poll(() => distances().then(({ above, below }) => Math.min(above, below))).toBeGreaterThan(1_200);
    expect(await strayed(place)).toBeLessThan(2);
  }
});

/** Waits until no message has moved for 15 frames: rows are measured when they come into view. */
const untilStill = () =>
  page.getByRole('feed').evaluate(
    (feed) =>
      new Promise<void>((resolve) => {
        let last = '';
        let still = 0;
        requestAnimationFrame(function frame() {
          const places = [...feed.querySelectorAll('article')].map((it) => it.getBoundingClientRect().top).join();
          still = places === last ? still + 1 : 0;
          last = places;
          if (still === 15) return resolve();
          requestAnimationFrame(frame);
        });
      }),
  );

type Place = readonly [number: string, top: number];

/** The message in the middle of the view, and its distance from the top. */
async function middle(): Promise<Place> {
  const shown = Object.entries((await view()).tops);
  return shown[Math.floor(shown.length / 2)]!;
}

/** The distance of a message from its former place; infinite if it is not in view. */
async function strayed([number, top]: Place): Promise<number> {
  return Math.abs(((await view()).tops[number] ?? Infinity) - top);
}

/** How much of the chat is loaded outside of the view, in pixels. */
const distances = () =>
  page.getByRole('feed').evaluate((feed) => ({
    above: feed.scrollTop,
    below: feed.scrollHeight - feed.scrollTop - feed.clientHeight,
  }));
