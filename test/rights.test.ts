import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isRequiredInputField,
} from 'graphql';
import type { GraphQLInputType } from 'graphql';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { describe, expect } from 'vitest';
import { encodeId } from '../src/graphql/ids.ts';
import { schema } from '../src/schema.ts';
import { startTestServer, TestUser, tokenFor } from './support/app.ts';
import { password, signIn, signUp } from './support/sessions.ts';
import { withTwoServers } from './support/test.ts';

const test = withTwoServers();

const fields = schema.getMutationType()!.getFields();
/** These mutations need no viewer: they begin, continue or end a session with their input. */
const WITHOUT_VIEWER = ['signUp', 'signIn', 'refreshSession', 'signOut'];
const forViewers = Object.keys(fields).filter((name) => !WITHOUT_VIEWER.includes(name));

/** A value of an input type, with all required fields. */
function sample(type: GraphQLInputType): unknown {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return [sample(nullable.ofType)];
  if (isInputObjectType(nullable)) {
    const required = Object.values(nullable.getFields()).filter(isRequiredInputField);
    return Object.fromEntries(required.map((field) => [field.name, sample(field.type)]));
  }
  if (isEnumType(nullable)) return nullable.getValues()[0]!.name;
  const scalars: Record<string, unknown> = { ID: encodeId('Chat', randomUUID()), String: 'x', Int: 1, Boolean: true };
  return scalars[getNamedType(nullable).name];
}

/** Calls a mutation. `given` is added to its required input. */
async function call(user: TestUser, name: string, given: object = {}) {
  const type = fields[name]!.args[0]?.type;
  const [variables, argument] = type ? [`($input: ${String(type)})`, '(input: $input)'] : ['', ''];
  const query = `mutation ${variables} { ${name}${argument} { __typename ... on Error { code message } } }`;
  const { data, errors } = await user.request(query, type && { input: { ...(sample(type) as object), ...given } });
  return { ...(data?.[name] as { __typename?: string; code?: string; message?: string }), errors };
}

describe('every mutation that needs a viewer is refused to a client that', () => {
  const refusal = { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] };

  test('has no token, has a token of an ended session, or has deleted the account', async ({ one, two }) => {
    const ada = await signUp(one);
    const ended = await signIn(one, ada);
    await call(ada, 'endSession', { sessionId: ended.globalSessionId });
    const gone = await signUp(one);
    expect(await call(gone, 'deleteAccount', { password })).toMatchObject({ __typename: 'AccountDeleted' });
    const withOldToken = new TestUser(one, gone.rowId, gone.username, await tokenFor(gone.rowId));

    expect(forViewers.length).toBeGreaterThan(25);
    for (const name of forViewers) {
      for (const user of [one.stranger(), ended, ended.at(two), gone, gone.at(two), withOldToken]) {
        expect(await call(user, name), name).toMatchObject(refusal);
      }
    }
    expect(await ada.row()).not.toBeNull();
  });
});

describe('with an identity provider', () => {
  const there = (what: string) => ({
    code: 'FORBIDDEN',
    message: `Accounts are kept by your identity provider: ${what} there.`,
  });

  test('mutations of its accounts are refused with a hint, and the others are allowed', async ({ one, grace }) => {
    const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
    const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256', use: 'sig' }] });
    const provider = createServer((_, response) => response.setHeader('content-type', 'application/json').end(keys));
    await once(provider.listen(0, '127.0.0.1'), 'listening');
    const issuer = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
    const token = await new SignJWT({ sub: randomUUID() })
      .setProtectedHeader({ alg: 'RS256', kid: 'k' })
      .setIssuer(issuer)
      .setAudience('chat')
      .setExpirationTime('5 m')
      .sign(privateKey);
    const auth = { by: 'provider', jwksUrl: issuer, issuer, audience: 'chat' } as const;
    const server = await startTestServer({ auth, database: one.database });
    const ada = new TestUser(server, '', '', token);
    const { id } = await ada.ask<{ id: string }>('{ viewer { id } }');

    const passwords = { currentPassword: password, newPassword: `${password}!` };
    expect(await call(ada, 'changePassword', passwords)).toMatchObject(there('change the password'));
    expect(await call(ada, 'deleteAccount', { password })).toMatchObject(there('delete the account'));
    expect(await call(ada, 'endSession')).toMatchObject(there('see and end sessions'));
    expect(await call(ada, 'endOtherSessions')).toMatchObject(there('see and end sessions'));
    for (const name of WITHOUT_VIEWER) {
      const given = name === 'signUp' || name === 'signIn' ? { username: 'ada', password } : {};
      expect(await call(ada, name, given), name).toMatchObject(there('sign in'));
    }
    const [listed] = (await ada.request('{ sessions { id } }')).errors ?? [];
    expect(listed?.message).toBe(there('see and end sessions').message);

    expect(await call(ada, 'updateProfile', { displayName: 'Ada' })).toMatchObject({ __typename: 'User' });
    expect(await call(ada, 'updateViewerSettings', { whoMayContact: 'SHARED_CHAT' })).toMatchObject({
      __typename: 'ViewerSettings',
    });
    expect(await call(ada, 'blockUser', { userId: grace.id })).toMatchObject({ __typename: 'Block' });
    expect(await call(ada, 'unblockUser', { userId: grace.id })).toMatchObject({ __typename: 'BlockRemoved' });
    expect(await ada.ask('{ viewer { id displayName } }')).toEqual({ id, displayName: 'Ada' });
    await server.stop();
    provider.closeAllConnections();
    provider.close();
  });
});
