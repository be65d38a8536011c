import { ConflictError, ForbiddenError, InvalidInputError } from '../errors.ts';
import { builder } from '../graphql/builder.ts';
import { limits } from '../limits.ts';
import { User } from '../user/user.schema.ts';
import type { IssuedSession } from './accounts.ts';

const Session = builder.objectRef<IssuedSession>('Session').implement({
  description:
    'A session of a built-in account. With an identity provider of your own there are none: its tokens are used.',
  fields: (t) => ({
    accessToken: t.exposeString('accessToken', {
      description: 'A JWT, for `Authorization: Bearer` and for `connectionParams.authorization`.',
    }),
    refreshToken: t.exposeString('refreshToken', {
      description: 'Exchange it with `refreshSession` for the next pair, once. It is good for 30 days.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'When the access token ends: 15 minutes after it was made.',
    }),
    user: t.expose('user', { type: User, description: 'Who is signed in.' }),
  }),
});

const SignedOut = builder.objectRef<{ at: Date }>('SignedOut').implement({
  description: 'The session is over.',
  fields: (t) => ({ at: t.expose('at', { type: 'DateTime', description: 'When that was said.' }) }),
});

const { username, password, displayName } = limits;
const usernameRule = `${username.min}–${username.max} of \`a–z\`, \`0–9\` and \`_\`; upper case is folded, spaces around it are dropped.`;

const SignUpInput = builder.inputType('SignUpInput', {
  description: 'A new account.',
  fields: (t) => ({
    username: t.string({ required: true, description: `Unique: ${usernameRule}` }),
    password: t.string({ required: true, description: `${password.min}–${password.max} characters.` }),
    displayName: t.string({
      description: `The name to show, 1–${displayName.characters} characters. By default the username.`,
    }),
  }),
});

const SignInInput = builder.inputType('SignInInput', {
  description: 'An account and its password.',
  fields: (t) => ({
    username: t.string({ required: true, description: `As signed up: ${usernameRule}` }),
    password: t.string({ required: true, description: `${password.min}–${password.max} characters.` }),
  }),
});

const RefreshSessionInput = builder.inputType('RefreshSessionInput', {
  description: 'The session to go on with.',
  fields: (t) => ({
    refreshToken: t.string({ required: true, description: 'The newest refresh token of the session.' }),
  }),
});

const SignOutInput = builder.inputType('SignOutInput', {
  description: 'The session to end.',
  fields: (t) => ({
    refreshToken: t.string({ required: true, description: 'Any refresh token of the session.' }),
  }),
});

/** They have no viewer: none of them looks at `Authorization`, nor at `Idempotency-Key`. */
builder.mutationFields((t) => ({
  signUp: t.field({
    type: Session,
    errors: { types: [InvalidInputError, ConflictError, ForbiddenError] },
    description:
      'Makes an account and signs in. A taken username is CONFLICT. FORBIDDEN where an identity provider keeps the accounts.',
    args: { input: t.arg({ type: SignUpInput, required: true, description: 'The new account.' }) },
    resolve: (_, { input }, { services }) => services.session.signUp(input),
  }),
  signIn: t.field({
    type: Session,
    errors: { types: [InvalidInputError, ForbiddenError] },
    description:
      'Begins a session. FORBIDDEN if username or password is wrong, without telling which, or where an identity provider keeps the accounts.',
    args: { input: t.arg({ type: SignInInput, required: true, description: 'The account and its password.' }) },
    resolve: (_, { input }, { services }) => services.session.signIn(input),
  }),
  refreshSession: t.field({
    type: Session,
    errors: { types: [ForbiddenError] },
    description:
      'Exchanges a refresh token for a new pair. It may be used again within 30 seconds, for a lost answer or a second tab; ' +
      'later use ends the session for every holder. FORBIDDEN if the token is not good, or no longer: sign in again.',
    args: { input: t.arg({ type: RefreshSessionInput, required: true, description: 'The session to go on with.' }) },
    resolve: (_, { input }, { services }) => services.session.refresh(input),
  }),
  signOut: t.field({
    type: SignedOut,
    errors: { types: [ForbiddenError] },
    description:
      'Ends a session: its refresh tokens are refused from now on, its access token lives out its minutes. ' +
      'A session that is over already is a success. FORBIDDEN where an identity provider keeps the accounts.',
    args: { input: t.arg({ type: SignOutInput, required: true, description: 'The session to end.' }) },
    resolve: (_, { input }, { services }) => services.session.signOut(input),
  }),
}));
