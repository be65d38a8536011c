import { expect } from 'vitest';
import { chooseFromMenu, message, openChat, openSignedIn, write } from './support/browser.ts';
import { createGroup, send, signUp } from './support/people.ts';
import { test } from './support/test.ts';

test('ticks show the status of a message, and a list shows who has read it', async ({ browser, server }) => {
  const [ada, noa, grace] = [
    await signUp(server.url, 'Ada'),
    await signUp(server.url, 'Noa'),
    await signUp(server.url, 'Grace'),
  ];
  await createGroup(server.url, ada, 'Engine', [noa, grace]);
  await send(server.url, ada, await createGroup(server.url, ada, 'Loom', [noa, grace]), 'Hello');
  const a = await openSignedIn(browser, server.url, ada);
  await openChat(a.page, 'Engine');
  await write(a.page, 'Is it done?');
  const status = (text: string) => message(a.page, 'Is it done?').getByText(text, { exact: true });
  await status('Sent').waitFor();

  // Both are signed in, and have another chat open.
  const [n, g] = [await openSignedIn(browser, server.url, noa), await openSignedIn(browser, server.url, grace)];
  await status('Delivered').waitFor();
  await openChat(n.page, 'Engine');
  await chooseFromMenu(a.page, 'Is it done?', 'Who read it');
  const dialog = a.page.getByRole('dialog', { name: 'Who read it' });
  await dialog.getByRole('list', { name: 'Who read it' }).getByText('Noa').waitFor();
  await dialog.getByRole('list', { name: 'Delivered' }).getByText('Grace').waitFor();
  expect(await status('Read').count()).toBe(0);

  // The list is updated while it is open.
  await openChat(g.page, 'Engine');
  await dialog.getByRole('list', { name: 'Who read it' }).getByText('Grace').waitFor();
  await a.page.keyboard.press('Escape');
  await status('Read').waitFor();

  // After a reload the server's state is shown.
  await a.page.reload();
  await status('Read').waitFor();
  expect([...a.problems, ...n.problems, ...g.problems]).toEqual([]);
});
