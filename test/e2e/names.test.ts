import { expect } from 'vitest';
import { limits } from '../../src/limits.ts';
import { chats, message, openSignedIn } from './support/browser.ts';
import { outside } from './support/geometry.ts';
import { ask, createGroup, send, signUp, type Person } from './support/people.ts';
import { test } from './support/test.ts';

const title =
  'Quarterly planning and roadmap of the analytical engine '.repeat(3).slice(0, limits.chatTitle.characters - 1) + '.';
const longest = (letter: string) => letter.toUpperCase().repeat(limits.displayName.characters);

let ada: Person;
let wanda: Person;
let group: string;

test.beforeAll(async ({ server }) => {
  ada = await signUp(server.url, longest('a'), 'a'.repeat(limits.username.max));
  wanda = await signUp(server.url, longest('w'), 'w'.repeat(limits.username.max));
  group = await createGroup(server.url, ada, title, [wanda]);
  await send(server.url, wanda, group, `A word without an end: ${'W'.repeat(300)}`);
});

test.for([360, 768, 1280])(
  'the longest names and titles stay inside a window of %i pixels, in every place',
  async (width, { browser, server }) => {
    const { page, problems } = await openSignedIn(browser, server.url, ada, {
      viewport: { width, height: 760 },
      reducedMotion: 'reduce',
    });
    const fits = async (place: string) => expect(await outside(page), place).toEqual([]);
    await chats(page).first().waitFor();
    await fits('the list of chats');

    await page.getByRole('button', { name: 'Settings and account' }).click();
    await fits('the settings');
    await page.keyboard.press('Escape');

    await chats(page).filter({ hasText: title }).getByRole('link').click();
    await message(page, 'A word without an end').first().waitFor();
    await fits('the chat');
    const send = await page.getByRole('button', { name: 'Send', exact: true }).boundingBox();
    expect((send?.x ?? width) + (send?.width ?? 0)).toBeLessThanOrEqual(width - 8);
    expect(await page.getByRole('heading', { level: 1, name: title }).evaluate(isCut)).toBe(true);

    const first = message(page, 'A word without an end').first();
    await first.focus();
    await first.getByRole('button', { name: 'Reply' }).click();
    await fits('the line above the field');
    await page.getByRole('textbox', { name: /^Write to/ }).fill(`Answer at ${width}`);
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await message(page, `Answer at ${width}`).getByText('Sending').waitFor({ state: 'detached' });
    await fits('a quote');

    await page.getByRole('button', { name: 'Details of the chat' }).click();
    const manage = page.getByRole('button', { name: `Manage ${wanda.displayName}` });
    await manage.waitFor();
    await fits('the details');
    await manage.click();
    await page.getByRole('menuitem', { name: 'Remove from chat' }).click();
    await fits('a question');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('link', { name: 'Close' }).click();

    await page.goto(`${server.url}/new`);
    await page.getByRole('searchbox').fill(wanda.username);
    await page.getByRole('checkbox').first().check({ force: true });
    await fits('a new chat');
    expect(problems).toEqual([]);
    await page.context().close();
  },
);

test('a notice with the longest title stays in the window of a phone', async ({ browser, server }) => {
  const chat = await createGroup(server.url, wanda, title, [ada]);
  const { page } = await openSignedIn(browser, server.url, ada, {
    viewport: { width: 360, height: 760 },
    reducedMotion: 'reduce',
  });
  await chats(page).nth(1).waitFor();
  const input = { chatId: chat, userId: ada.id };
  const query = 'mutation ($input: RemoveChatMemberInput!) { removeChatMember(input: $input) { __typename } }';
  await ask(server.url, wanda.token, query, { input });
  await page.getByText('removed you from').waitFor();
  expect(await outside(page)).toEqual([]);
  await page.context().close();
});

function isCut(element: HTMLElement): boolean {
  return getComputedStyle(element).textOverflow === 'ellipsis' && element.scrollWidth > element.clientWidth;
}
