import { describe, expect } from 'vitest';
import { silent, type TestUser } from './support/app.ts';
import { direct, group, send } from './support/documents.ts';
import {
  keep,
  markDelivered,
  markRead,
  receipts,
  settings,
  updateSettings,
  viewerState,
} from './support/read-state.ts';
import { countStatements } from './support/statements.ts';
import type { TestStream } from './support/stream.ts';
import { withTwoServers } from './support/test.ts';

const test = withTwoServers(silent);

const EVENTS = `subscription ($version: Int) {
  events(viewerStateSince: $version) {
    __typename
    ... on ViewerEvent { version }
    ... on ViewerSettingsChanged { settings { version defaultNotifications sendsReadReceipts sharesPresence whoMayContact } }
  }
}`;

const device = (user: TestUser, version: number) => user.subscribe(EVENTS, { version }).caughtUp();
const ofViewer = ({ items }: TestStream) => items.filter(({ version }) => version !== undefined);

describe('settings', () => {
  test('have defaults, and a change reaches every device of the user', async ({ two, ada, grace }) => {
    const byDefault = {
      defaultNotifications: 'ALL',
      sendsReadReceipts: true,
      sharesPresence: true,
      whoMayContact: 'EVERYONE',
    };
    expect(await settings(ada)).toEqual({ version: 0, ...byDefault });
    const live = await device(ada.at(two), 0);
    expect(await updateSettings(ada, { sharesPresence: null, defaultNotifications: 'ALL' })).toMatchObject({
      version: 0,
    });
    const changed = { ...byDefault, version: 1, defaultNotifications: 'MENTIONS' };
    expect(await updateSettings(ada, { defaultNotifications: 'MENTIONS' })).toMatchObject(changed);
    expect(await live.item(({ version }) => version === 1)).toEqual({
      ...{ __typename: 'ViewerSettingsChanged', version: 1, settings: changed },
    });
    expect(await settings(ada.at(two))).toEqual(changed);
    expect(await updateSettings(ada, { defaultNotifications: 'MENTIONS' })).toMatchObject({ version: 1 });
    expect(await settings(grace)).toEqual({ version: 0, ...byDefault });
    await keep(ada, await group(ada), { isPinned: true });
    expect(ofViewer(await device(ada, 0)).map(({ version }) => version)).toEqual([1, 2]);
    expect(ofViewer(await device(ada, 1)).map(({ version }) => version)).toEqual([2]);
    live.stop();
  });

  test('set the level of notifications for chats without a level of their own', async ({ ada, grace }) => {
    const [own, other] = [await group(ada, grace), await direct(ada, grace)];
    await keep(ada, own, { notifications: 'ALL' });
    await updateSettings(ada, { defaultNotifications: 'NONE' });
    expect(await viewerState(ada, own)).toMatchObject({ notifications: 'ALL' });
    expect(await viewerState(ada, other)).toMatchObject({ notifications: 'NONE' });
    expect(await keep(ada, own, { notifications: null })).toMatchObject({ notifications: 'NONE' });
  });

  test('stop the receipt that others see where it is, until it is shared again', async ({ ada, grace }) => {
    const chat = await group(ada, grace);
    const [first, second] = [await send(ada, chat), await send(ada, chat)];
    const ofGrace = async () => (await receipts(ada, chat)).find(({ userId }) => userId === grace.id);
    await markRead(grace, chat, first.position);
    await updateSettings(grace, { sendsReadReceipts: false });
    await markDelivered(grace, [chat, second.position]);
    expect(await markRead(grace, chat, second.position)).toMatchObject({ readPosition: second.position });
    expect(await ofGrace()).toMatchObject({ readPosition: first.position, deliveredPosition: first.position });

    await updateSettings(grace, { sendsReadReceipts: true });
    expect(await ofGrace()).toMatchObject({ readPosition: first.position });
    const { position } = await send(ada, chat);
    await markRead(grace, chat, position);
    expect(await ofGrace()).toMatchObject({ readPosition: position });
  });

  test('are read in one statement, and changed in four', async ({ ada }) => {
    expect(await countStatements(() => settings(ada))).toBe(1);
    let isOn = false;
    expect(await countStatements(() => updateSettings(ada, { sharesPresence: (isOn = !isOn) }))).toBeLessThanOrEqual(6);
  });

  test('are refused without a token', async ({ one }) => {
    const { errors } = await one.stranger().request('{ viewerSettings { version } }');
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });
});
