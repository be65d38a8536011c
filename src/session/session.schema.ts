import { ConflictError, ForbiddenError, InvalidInputError, RateLimitedError } from '../errors.ts';
import { builder } from '../graphql/builder.ts';
import { byRule } from '../graphql/inputs.ts';
import { limits } from '../limits.ts';
import { User } from '../user/user.schema.ts';
import type { IssuedSession } from './session-tokens.ts';

export const Session = builder.objectRef<IssuedSession>('Session').implement({
  description:
    'A session of a built-in account. If you use an identity provider of your own, there are none, and its tokens are used.',
  fields: (t) => ({
    accessToken: t.exposeString('accessToken', {
      description: 'A JWT, for `Authorization: Bearer` and for `connectionParams.authorization`.',
    }),
    refreshToken: t.exposeString('refreshToken', {
      description:
        'Exchange it with `refreshSession` for the next pair. It is valid for 30 days, and at most until 180 days after the sign-in.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'When the access token ends: 15 minutes after it was made.',
    }),
    user: t.expose('user', { type: User, description: 'The signed-in user.' }),
  }),
});

const SignedOut = builder.objectRef<{ at: Date }>('SignedOut').implement({
  description: 'The session has ended.',
  fields: (t) => ({ at: t.expose('at', { type: 'DateTime', description: 'When the session was ended.' }) }),
});

const { username, password, displayName, refreshToken } = limits;
const usernameRule = `${username.min}–${username.max} of \`a–z\`, \`0–9\` and \`_\`; upper case is folded, spaces around it are dropped.`;

const SignUpInput = builder.inputType('SignUpInput', {
  description: 'A new account.',
  fields: (t) => ({
    username: t.string({ required: true, description: `Unique: ${usernameRule}`, extensions: byRule(username) }),
    password: t.string({
      required: true,
      description: `${password.min}–${password.max} characters, at most ${password.bytes} bytes of UTF-8.`,
      extensions: byRule(password),
    }),
    displayName: t.string({
      extensions: byRule(displayName),
      description: `The name to show, 1–${displayName.characters} characters. By default the username.`,
    }),
  }),
});

const SignInInput = builder.inputType('SignInInput', {
  description: 'An account and its password.',
  fields: (t) => ({
    username: t.string({ required: true, description: `As signed up: ${usernameRule}`, extensions: byRule(username) }),
    password: t.string({
      required: true,
      description: `${password.min}–${password.max} characters, at most ${password.bytes} bytes of UTF-8.`,
      extensions: byRule(password),
    }),
  }),
});

const RefreshSessionInput = builder.inputType('RefreshSessionInput', {
  description: 'The session to go on with.',
  fields: (t) => ({
    refreshToken: t.string({
      required: true,
      description: `The newest refresh token of the session, at most ${refreshToken.bytes} bytes.`,
      extensions: { size: refreshToken },
    }),
  }),
});

const SignOutInput = builder.inputType('SignOutInput', {
  description: 'The session to end.',
  fields: (t) => ({
    refreshToken: t.string({
      required: true,
      description: `Any refresh token of the session, at most ${refreshToken.bytes} bytes.`,
      extensions: { size: refreshToken },
    }),
  }),
});

/** These mutations have no viewer. They ignore `Authorization` and `Idempotency-Key`. */
builder.mutationFields((t) => ({
  signUp: t.field({
    extensions: { oncePerOperation: true },
    type: Session,
    errors: { types: [InvalidInputError, ConflictError, ForbiddenError, RateLimitedError] },
    description:
      'Creates an account and signs in. A taken username is CONFLICT. FORBIDDEN if an identity provider manages the accounts. ' +
      `RATE_LIMITED if more than ${limits.passwordHashes.waiting} others wait for their passwords to be hashed.`,
    args: { input: t.arg({ type: SignUpInput, required: true, description: 'The new account.' }) },
    resolve: (_, { input }, { services, userAgent }) => services.session.signUp(input, userAgent),
  }),
  signIn: t.field({
    extensions: { oncePerOperation: true },
    type: Session,
    errors: { types: [InvalidInputError, ForbiddenError, RateLimitedError] },
    description:
      'Begins a session. FORBIDDEN if username or password is wrong, without saying which, or if an identity provider manages the accounts. ' +
      `RATE_LIMITED if more than ${limits.passwordHashes.waiting} others wait for their passwords to be checked.`,
    args: { input: t.arg({ type: SignInInput, required: true, description: 'The account and its password.' }) },
    resolve: (_, { input }, { services, userAgent }) => services.session.signIn(input, userAgent),
  }),
  refreshSession: t.field({
    extensions: { oncePerOperation: true },
    type: Session,
    errors: { types: [ForbiddenError] },
    description:
      'Exchanges a refresh token for a new pair. Until the new refresh token has been exchanged too, the old one may be used again, after a lost response or by a second tab, and returns the same new one. ' +
      'Later use ends the session for everybody who holds one of its tokens. A session ends 180 days after its sign-in, however often it was refreshed. FORBIDDEN if the token is invalid or has expired: sign in again.',
    args: { input: t.arg({ type: RefreshSessionInput, required: true, description: 'The session to go on with.' }) },
    resolve: (_, { input }, { services, userAgent }) => services.session.refresh(input, userAgent),
  }),
  signOut: t.field({
    extensions: { oncePerOperation: true },
    type: SignedOut,
    errors: { types: [ForbiddenError] },
    description:
      'Ends a session: its tokens are refused from now on, and its connections are closed. ' +
      'It also succeeds if the session is over already. FORBIDDEN if an identity provider manages the accounts.',
    args: { input: t.arg({ type: SignOutInput, required: true, description: 'The session to end.' }) },
    resolve: (_, { input }, { services }) => services.session.signOut(input),
  }),
}));
