import { describe, expect } from 'vitest';
import { TestUser, tokenFor } from './support/app.ts';
import {
  CHANGE_PASSWORD,
  closed,
  Device,
  expectAlive,
  expectEnded,
  isRefused,
  password,
  refresh,
  signIn,
  signUp,
  SIGN_IN,
  type Issued,
} from './support/sessions.ts';
import { withTwoServers } from './support/test.ts';

const test = withTwoServers();

const newPassword = 'quite another battery staple';

const changePassword = (by: TestUser, input: { currentPassword: string; newPassword: string }) =>
  by.ask<Issued>(CHANGE_PASSWORD, { input });

describe('changing the password', () => {
  test('gives this session new tokens, and ends all others', async ({ one, two }) => {
    const ada = await signUp(one);
    const other = await signIn(one, ada);
    const socket = await other.at(two).follow('subscription { events { __typename } }');
    const own = await ada.at(two).follow('subscription { events { __typename } }');

    const issued = await changePassword(ada, { currentPassword: password, newPassword });

    await socket.end();
    expect(socket).toMatchObject(closed(4403));
    await expectEnded(other, one, two);
    expect(new Device(one, issued, ada.rowId).sessionId).toBe(ada.sessionId);
    await expectAlive(ada, one, two);
    expect(own.over).toBe(false);
    own.stop();
    expect(await refresh(one, ada)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await refresh(one, issued)).toMatchObject({ __typename: 'Session' });
    const username = ada.username;
    expect(await ada.ask(SIGN_IN, { input: { username, password } })).toMatchObject({ code: 'FORBIDDEN' });
    expect(await ada.ask(SIGN_IN, { input: { username, password: newPassword } })).toMatchObject({
      __typename: 'Session',
    });
  });

  test('with a token of version 0.1.0 begins a new session, and ends all earlier ones', async ({ one, two }) => {
    const ada = await signUp(one);
    const old = new TestUser(one, ada.rowId, ada.username, await tokenFor(ada.rowId));

    const issued = await changePassword(old, { currentPassword: password, newPassword });

    await expectEnded(ada, one, two);
    await expectAlive(new Device(one, issued, ada.rowId), one, two);
    expect(await isRefused(old)).toBeUndefined();
  });

  test('requires the current password, and a valid new one', async ({ one }) => {
    const ada = await signUp(one);
    const wrong = { code: 'FORBIDDEN', message: 'The current password is wrong.' };

    expect(await changePassword(ada, { currentPassword: `${password}!`, newPassword })).toMatchObject(wrong);
    for (const bad of ['short', 'a'.repeat(12), ada.username]) {
      expect(await changePassword(ada, { currentPassword: password, newPassword: bad })).toMatchObject({
        code: 'INVALID_INPUT',
        field: 'newPassword',
      });
    }
    expect(await changePassword(await one.user(), { currentPassword: password, newPassword })).toMatchObject(wrong);
    expect(
      await one.stranger().request(CHANGE_PASSWORD, { input: { currentPassword: password, newPassword } }),
    ).toMatchObject({
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
    expect(await signIn(one, ada)).toBeInstanceOf(Device);
  });

  test('also ends a session that began with the old password during the change', async ({ one }) => {
    for (let round = 0; round < 5; round++) {
      const ada = await signUp(one);
      const signingIn = Array.from({ length: 3 }, () =>
        one.stranger().ask<Issued | { code: string }>(SIGN_IN, { input: { username: ada.username, password } }),
      );
      const issued = await changePassword(ada, { currentPassword: password, newPassword });

      for (const answer of await Promise.all(signingIn)) {
        if ('code' in answer) expect(answer.code).toBe('FORBIDDEN');
        else expect(await refresh(one, answer)).toMatchObject({ code: 'FORBIDDEN' });
      }
      expect(await refresh(one, issued)).toMatchObject({ __typename: 'Session' });
    }
  });
});
