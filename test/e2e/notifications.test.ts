import type { BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';
import { chats, message, openChat, openSignedIn } from './support/browser.ts';
import { ask, chatsOf, createGroup, send, signUp, type Person } from './support/people.ts';
import { test } from './support/test.ts';

let ada: Person;
let noa: Person;
let engine: string;

test.beforeEach(async ({ server }) => {
  [ada, noa] = [await signUp(server.url, 'Ada'), await signUp(server.url, 'Noa')];
  engine = await createGroup(server.url, noa, 'Engine', [ada]);
});

interface Recorded {
  shown: { title: string; body: string; silent: boolean }[];
  asked: number;
  tones: number;
}

/** Records notifications and sound. A page may not show a notification without a service worker, as on a phone. */
async function record(context: BrowserContext): Promise<void> {
  await context.grantPermissions(['notifications']);
  await context.addInitScript(() => {
    const recorded: Recorded = { shown: [], asked: 0, tones: 0 };
    const refuse = () => {
      throw new TypeError('Illegal constructor. Use ServiceWorkerRegistration.showNotification() instead.');
    };
    const Notification = Object.assign(refuse, {
      permission: sessionStorage.getItem('allowed') ?? 'default',
      async requestPermission() {
        recorded.asked++;
        sessionStorage.setItem('allowed', 'granted');
        return (Notification.permission = 'granted');
      },
    });
    const show = ServiceWorkerRegistration.prototype.showNotification;
    ServiceWorkerRegistration.prototype.showNotification = async function (title, options = {}) {
      await show.call(this, title, options);
      recorded.shown.push({ title, body: options.body ?? '', silent: options.silent === true });
    };
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (when) {
      recorded.tones++;
      start.call(this, when);
    };
    Object.assign(window, { Notification, recorded });
  });
}

/** Waits until the page hears of new messages. */
async function untilLive(page: Page): Promise<void> {
  await chats(page).first().waitFor();
  await page.getByText(/^(Connecting|Catching up)…$/).waitFor({ state: 'detached' });
}

const recorded = (page: Page) =>
  page.evaluate(() => {
    const { shown, asked, tones } = (window as unknown as { recorded: Recorded }).recorded;
    return {
      asked,
      tones,
      shown: shown.map(({ title, body, silent }) => ({ title, body: body.replace(/[\u2068\u2069]/g, ''), silent })),
    };
  });

/** The texts of all notifications, in all tabs. */
const told = async (...tabs: Page[]) =>
  (await Promise.all(tabs.map(recorded))).flatMap(({ shown }) => shown.map(({ body }) => body)).sort();

/** The texts of the notifications that the system shows now. */
const inSystem = (page: Page) =>
  page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    const shown = (await registration?.getNotifications()) ?? [];
    return shown.map(({ body }) => body.replace(/[\u2068\u2069]/g, '')).sort();
  });

/** The globals of a service worker that are used here. */
interface WorkerScope extends EventTarget {
  registration: ServiceWorkerRegistration;
  clients: { openWindow(path: string): Promise<null> };
  WindowClient: { prototype: { focus(): Promise<unknown> } };
  NotificationEvent: new (type: string, init: object) => Event & { waitUntil(work: Promise<unknown>): void };
}

/** Sends a press on a notification to the service worker, as the system does. */
async function press(context: BrowserContext, body: string): Promise<{ opened: string | null }> {
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
  return worker.evaluate(async (body) => {
    const scope = globalThis as unknown as WorkerScope;
    const notification = (await scope.registration.getNotifications()).find((it) => it.body.includes(body));
    if (!notification) throw new Error(`The system does not show ${body}.`);
    // The browser allows these two only after a press of a real user.
    let opened: string | null = null;
    scope.WindowClient.prototype.focus = () => Promise.resolve();
    scope.clients.openWindow = (path) => {
      opened = path;
      return Promise.resolve(null);
    };
    let done: Promise<unknown> = Promise.resolve();
    const event = new scope.NotificationEvent('notificationclick', { notification });
    event.waitUntil = (work) => void (done = work);
    scope.dispatchEvent(event);
    await done;
    return { opened };
  }, body);
}

async function setInSettings(page: Page, label: string, state: string): Promise<void> {
  await page.getByRole('button', { name: 'Settings and account' }).click();
  await page
    .getByRole('group', { name: label })
    .getByRole('radio', { name: state, exact: true })
    .check({ force: true });
  await page.keyboard.press('Escape');
}

const look = (page: Page, isLooking: boolean) =>
  page.evaluate((isLooking) => {
    document.hasFocus = () => isLooking;
    window.dispatchEvent(new Event(isLooking ? 'focus' : 'blur'));
  }, isLooking);

test('one of two tabs shows a notification, once a press has allowed it, and none does if the chat is in view', async ({
  browser,
  server,
}) => {
  const { page, problems } = await openSignedIn(browser, server.url, ada);
  const context = page.context();
  await record(context);
  await page.reload();
  await untilLive(page);
  expect(await recorded(page)).toEqual({ asked: 0, tones: 0, shown: [] });
  await setInSettings(page, 'Notifications of new messages', 'On');
  expect((await recorded(page)).asked).toBe(1);

  const other = await context.newPage();
  await other.goto(server.url);
  await other.evaluate(() => void ((Notification as { permission: string }).permission = 'granted'));
  await untilLive(other);
  await Promise.all([look(page, false), look(other, false)]);
  for (let number = 1; number <= 5; number++) await send(server.url, noa, engine, `Number ${number}.`);
  const five = [1, 2, 3, 4, 5].map((number) => `Noa: Number ${number}.`);
  await expect.poll(() => told(page, other)).toEqual(five);
  expect(await inSystem(page)).toEqual(five);

  // The chat is in view in one tab, so the other shows nothing either.
  await look(other, true);
  await openChat(other, 'Engine');
  await message(other, 'Number 5.').waitFor();
  await expect
    .poll(() => other.evaluate(async () => (await navigator.locks.query()).held?.map(({ name }) => name)))
    .toContainEqual(expect.stringMatching('viewing'));
  await send(server.url, noa, engine, 'Seen at once');
  await message(other, 'Seen at once').waitFor();
  await expect.poll(() => chats(page).filter({ hasText: 'Seen at once' }).getByRole('img').count()).toBe(0);
  expect(await told(page, other)).toEqual(five);

  // The chat is open, but the window has no attention.
  await look(other, false);
  await expect
    .poll(() => other.evaluate(async () => (await navigator.locks.query()).held?.map(({ name }) => name)))
    .not.toContainEqual(expect.stringMatching('viewing'));
  await send(server.url, noa, engine, 'Nobody looks');
  await expect.poll(() => told(page, other)).toEqual([...five, 'Noa: Nobody looks'].sort());
  expect(problems).toEqual([]);
});

test('a press on a notification goes to its message, and the sound can be switched off', async ({
  browser,
  server,
}) => {
  const { page, problems } = await openSignedIn(browser, server.url, ada);
  await record(page.context());
  await page.reload();
  await untilLive(page);
  await setInSettings(page, 'Notifications of new messages', 'On');
  await send(server.url, noa, engine, 'Loud');
  await expect.poll(() => told(page)).toEqual(['Noa: Loud']);
  // The page plays two tones, and the system adds no sound.
  expect(await recorded(page)).toMatchObject({ tones: 2, shown: [{ title: 'Engine', silent: true }] });

  await setInSettings(page, 'Sound', 'Off');
  await send(server.url, noa, engine, 'Quiet');
  await expect.poll(() => told(page)).toEqual(['Noa: Loud', 'Noa: Quiet']);
  expect(await recorded(page)).toMatchObject({ tones: 2, shown: [{}, { silent: true }] });

  expect(await press(page.context(), 'Loud')).toEqual({ opened: null });
  await page.getByRole('textbox', { name: 'Write to Engine' }).waitFor();
  await message(page, 'Loud').waitFor();
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toContain('Loud');
  await expect.poll(() => inSystem(page)).toEqual(['Noa: Quiet']);

  await setInSettings(page, 'Notifications of new messages', 'Off');
  await page.getByRole('navigation').getByRole('link', { name: 'New chat' }).click();
  await send(server.url, noa, engine, 'Not told');
  await chats(page).filter({ hasText: 'Not told' }).getByRole('img').waitFor();
  expect(await told(page)).toHaveLength(2);
  expect(problems).toEqual([]);

  // If no page is open, a press opens one.
  const context = page.context();
  await page.close();
  const { opened } = await press(context, 'Quiet');
  expect(opened).toMatch(/^\/chats\/[^/]+\/messages\/[^/]+$/);
});

test('a sign-out removes the notifications', async ({ browser, server }) => {
  const { page, problems } = await openSignedIn(browser, server.url, ada);
  await record(page.context());
  await page.reload();
  await untilLive(page);
  await setInSettings(page, 'Notifications of new messages', 'On');
  await send(server.url, noa, engine, 'For Ada alone');
  await expect.poll(() => inSystem(page)).toEqual(['Noa: For Ada alone']);
  await page.getByRole('button', { name: 'Settings and account' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect.poll(() => inSystem(page)).toEqual([]);
  expect(problems).toEqual([]);
});

test('a muted chat shows no notification and makes no sound', async ({ browser, server }) => {
  const other = await createGroup(server.url, noa, 'Bridge', [ada]);
  const { page, problems } = await openSignedIn(browser, server.url, ada);
  await record(page.context());
  await page.reload();
  await untilLive(page);
  await setInSettings(page, 'Notifications of new messages', 'On');
  await chats(page).filter({ hasText: 'Engine' }).getByRole('link').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Mute…' }).click();
  await page.getByRole('menuitem', { name: 'For an hour' }).click();
  await chats(page).filter({ hasText: 'Engine' }).getByText('Muted').waitFor();
  await send(server.url, noa, engine, 'Muted');
  await chats(page).filter({ hasText: 'Engine' }).getByRole('img', { name: '1 unread message' }).waitFor();
  await send(server.url, noa, other, 'Loud');
  await expect.poll(() => told(page)).toEqual(['Noa: Loud']);
  expect((await recorded(page)).tones).toBe(2);
  expect(problems).toEqual([]);
});

test('a message of a blocked person shows no notification and makes no sound', async ({ browser, server }) => {
  const grace = await signUp(server.url, 'Grace');
  await createGroup(server.url, noa, 'Bridge', [ada, grace]);
  const block = 'mutation ($input: BlockUserInput!) { blockUser(input: $input) { ... on Error { code message } } }';
  await ask(server.url, ada.token, block, { input: { userId: grace.id } });
  const { page, problems } = await openSignedIn(browser, server.url, ada);
  await record(page.context());
  await page.reload();
  await untilLive(page);
  await setInSettings(page, 'Notifications of new messages', 'On');
  const [bridge] = await chatsOf(server.url, grace);
  await send(server.url, grace, bridge!, 'Unwanted');
  await chats(page).filter({ hasText: 'Bridge' }).getByRole('img', { name: '1 unread message' }).waitFor();
  await send(server.url, noa, engine, 'Loud');
  await expect.poll(() => told(page)).toEqual(['Noa: Loud']);
  expect((await recorded(page)).tones).toBe(2);
  expect(problems).toEqual([]);
});
