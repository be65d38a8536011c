import { describe, expect } from 'vitest';
import type { TestUser } from '../support/app.ts';
import { kits, openDevice } from './support/device.ts';
import { until, untilState, type Kit } from './support/kit.ts';
import { test } from './support/test.ts';

describe.each(kits)('%s', (_name, makeKit) => {
  async function live(user: TestUser): Promise<Kit> {
    const { kit } = openDevice(makeKit, user);
    kit.events.start();
    await untilState(kit, 'live');
    return kit;
  }
  const shows = (kit: Kit, chat: string, content: string, other?: string) => {
    const draft = kit.drafts.of(chat);
    return until(
      () => draft.getSnapshot().content === content && draft.getSnapshot().conflict?.content === other,
      `${content} and ${other}`,
      draft.getSnapshot,
    );
  };

  test('a draft is on the user’s next device, and disappears when it is sent', async ({ world, ada }) => {
    const chat = await world.chat(ada);
    const [laptop, phone] = [await live(ada), await live(ada)];
    laptop.drafts.set(chat, 'Is it do');
    await shows(phone, chat, 'Is it do');
    phone.drafts.set(chat, 'Is it done?');
    phone.drafts.save(chat);
    await shows(laptop, chat, 'Is it done?');
    laptop.drafts.set(chat, '');
    await shows(phone, chat, '');
    // A device that is opened later.
    await world.draft(ada, chat, 'Later');
    await shows(await live(ada), chat, 'Later');
  });

  test('a draft that was written on two devices is on both until one text is chosen', async ({ world, ada }) => {
    const chat = await world.chat(ada);
    await world.draft(ada, chat, 'known to both');
    const [{ kit: laptop, wire }, phone] = [openDevice(makeKit, ada), await live(ada)];
    laptop.events.start();
    await shows(laptop, chat, 'known to both');
    await untilState(laptop, 'live');
    wire.down = true;
    wire.drop();
    laptop.drafts.set(chat, 'laptop');
    phone.drafts.set(chat, 'phone');
    phone.drafts.save(chat);
    await until(() => phone.drafts.of(chat).getSnapshot().content === 'phone', 'the phone has saved');
    wire.down = false;
    await shows(laptop, chat, 'laptop', 'phone');
    laptop.drafts.resolve(chat, 'phone and laptop');
    await shows(phone, chat, 'phone and laptop');
    await shows(laptop, chat, 'phone and laptop');
    expect(phone.drafts.of(chat).getSnapshot().conflict).toBeNull();
  });
});
