import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { chats, message, openChat, openSignedIn } from './support/browser.ts';
import { createGroup, signUp } from './support/people.ts';
import { test } from './support/test.ts';

const field = (page: Page) => page.getByRole('textbox', { name: /^Write to/ });
const picker = (page: Page) => page.getByRole('listbox', { name: 'Whom to mention' });

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => (window as unknown as { axe: typeof axe }).axe.run());
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

test('a mention is chosen by keyboard and by touch, counted in the row, highlighted, and found on the page of mentions', async ({
  browser,
  server,
}) => {
  const [ada, noa, grace] = [
    await signUp(server.url, 'Ada'),
    await signUp(server.url, 'Noa'),
    await signUp(server.url, 'Grace'),
  ];
  await createGroup(server.url, ada, 'Engine', [noa, grace]);
  const a = await openSignedIn(browser, server.url, ada);
  const n = await openSignedIn(browser, server.url, noa, {
    ...{ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
  });
  await openChat(a.page, 'Engine');
  await field(a.page).pressSequentially('Ask @');
  await picker(a.page).waitFor();
  expect(await violations(a.page)).toEqual([]);
  expect(await picker(a.page).getByRole('option').count()).toBe(3);
  await field(a.page).press('ArrowDown');
  await field(a.page).press('ArrowDown');
  expect(await picker(a.page).getByRole('option', { selected: true }).textContent()).toContain('@everyone');
  await field(a.page).pressSequentially('no');
  expect(await picker(a.page).getByRole('option').count()).toBe(1);
  await field(a.page).press('Enter');
  expect(await field(a.page).inputValue()).toBe(`Ask @${noa.username} `);
  // A name that is typed and not chosen mentions nobody.
  await field(a.page).pressSequentially(`or @${grace.username} now`);
  await field(a.page).press('Escape');
  await field(a.page).press('Enter');
  await message(a.page, 'Ask').waitFor();

  await chats(n.page).filter({ hasText: 'Engine' }).getByRole('img', { name: '1 mention of you' }).waitFor();
  await n.page.getByRole('link', { name: 'Mentions' }).tap();
  const list = n.page.getByRole('region', { name: 'Mentions' });
  await list.getByText('Ask').waitFor();
  expect(await violations(n.page)).toEqual([]);
  // The page has an address of its own.
  await n.page.reload();
  await list.getByRole('link', { name: /Engine/ }).tap();
  const mine = message(n.page, 'Ask').locator('[data-viewer]');
  await mine.first().waitFor();
  expect(await mine.allTextContents()).toEqual([`@${noa.username}`]);
  expect(await mine.first().getAttribute('data-viewer')).toBe('true');

  await field(n.page).pressSequentially('@ad');
  await picker(n.page).getByRole('option').tap();
  expect(await field(n.page).inputValue()).toBe(`@${ada.username} `);
  await n.page.getByRole('button', { name: 'Send', exact: true }).tap();
  await a.page.getByRole('link', { name: 'Mentions' }).click();
  await a.page.getByRole('region', { name: 'Mentions' }).getByText('Noa').waitFor();
  expect([...a.problems, ...n.problems]).toEqual([]);
});
