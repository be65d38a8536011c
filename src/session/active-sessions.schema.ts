import { ForbiddenError, InvalidInputError, NotFoundError, RateLimitedError } from '../errors.ts';
import { builder } from '../graphql/builder.ts';
import type { Context } from '../context.ts';
import { decodeId, encodeId } from '../graphql/ids.ts';
import { byRule } from '../graphql/inputs.ts';
import { limits } from '../limits.ts';
import type { SessionCaller } from './accounts.ts';
import type { ActiveSession as ActiveSessionRow } from './active-sessions.ts';
import { Session } from './session.schema.ts';

const sessionId = (id: string): string => encodeId('ActiveSession', id);

const ActiveSession = builder.objectRef<ActiveSessionRow>('ActiveSession').implement({
  description: 'A sign-in of the viewer’s that has not ended: a device.',
  fields: (t) => ({
    id: t.id({ description: 'For `endSession`.', resolve: ({ id }) => sessionId(id) }),
    device: t.exposeString('device', {
      description: `The device as people name it, such as “Firefox on Windows”, from the \`User-Agent\`: at most ${limits.device} characters.`,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the user signed in.' }),
    lastUsedAt: t.expose('lastUsedAt', {
      type: 'DateTime',
      description:
        'When one of its tokens was last used, to the minute. A WebSocket uses one when it is opened, and each time it is given a new one.',
    }),
    isCurrent: t.exposeBoolean('isCurrent', { description: 'Whether the request’s own token belongs to it.' }),
  }),
});

const SessionEnded = builder.objectRef<{ sessionId: string; at: Date }>('SessionEnded').implement({
  description: 'A session of the viewer’s was ended.',
  fields: (t) => ({
    sessionId: t.id({ description: 'The session’s id.', resolve: (ended) => sessionId(ended.sessionId) }),
    at: t.expose('at', { type: 'DateTime', description: 'When it was ended.' }),
  }),
});

const SessionsEnded = builder.objectRef<{ count: number; at: Date }>('SessionsEnded').implement({
  description: 'The viewer’s other sessions were ended.',
  fields: (t) => ({
    count: t.exposeInt('count', { description: 'How many there were.' }),
    at: t.expose('at', { type: 'DateTime', description: 'When they were ended.' }),
  }),
});

const { password } = limits;
const passwordRule = `${password.min}–${password.max} characters, at most ${password.bytes} bytes of UTF-8.`;

const ChangePasswordInput = builder.inputType('ChangePasswordInput', {
  description: 'A new password in place of the current one.',
  fields: (t) => ({
    currentPassword: t.string({ required: true, description: passwordRule, extensions: byRule(password) }),
    newPassword: t.string({ required: true, description: passwordRule, extensions: byRule(password) }),
  }),
});

const EndSessionInput = builder.inputType('EndSessionInput', {
  description: 'The session to end.',
  fields: (t) => ({ sessionId: t.id({ required: true, description: 'The id of one of the viewer’s sessions.' }) }),
});

const callerOf = ({ viewer }: Context): SessionCaller => ({ userId: viewer.require(), sessionId: viewer.session() });

builder.queryField('sessions', (t) =>
  t.field({
    type: [ActiveSession],
    description:
      `The viewer’s sessions, last used first, at most ${limits.listedSessions}. ` +
      'FORBIDDEN if an identity provider manages the accounts.',
    extensions: { cost: { rows: limits.listedSessions, reads: false } },
    resolve: (_, __, context) => context.services.session.sessions(callerOf(context)),
  }),
);

/**
 * The mutations take no Idempotency-Key: one has secrets in its input, and the others change nothing when they are
 * repeated.
 */
builder.mutationFields((t) => ({
  changePassword: t.field({
    extensions: { oncePerOperation: true },
    type: Session,
    errors: { types: [ForbiddenError, InvalidInputError, RateLimitedError] },
    description:
      'Changes the viewer’s password. The session goes on with the tokens of the answer, its earlier refresh tokens are refused, and all other sessions end. ' +
      'FORBIDDEN if the current password is wrong, or if an identity provider manages the accounts.',
    args: { input: t.arg({ type: ChangePasswordInput, required: true, description: 'Both passwords.' }) },
    resolve: (_, { input }, context) =>
      context.services.session.changePassword(callerOf(context), input, context.userAgent),
  }),
  endSession: t.field({
    type: SessionEnded,
    errors: { types: [NotFoundError, ForbiddenError] },
    description:
      'Ends a session of the viewer’s: its tokens are refused from now on, and its connections are closed, on other servers within seconds. ' +
      'NOT_FOUND if the viewer has no such session, or no longer. FORBIDDEN if an identity provider manages the accounts.',
    args: { input: t.arg({ type: EndSessionInput, required: true, description: 'The session to end.' }) },
    resolve: (_, { input }, context) => {
      const caller = callerOf(context);
      const decoded = decodeId(input.sessionId);
      // An id of another type gets the same answer as a session that has ended.
      return context.services.session.endSession(caller, decoded?.type === 'ActiveSession' ? decoded.id : NO_SESSION);
    },
  }),
  endOtherSessions: t.field({
    type: SessionsEnded,
    errors: { types: [ForbiddenError] },
    description:
      'Ends all sessions of the viewer’s but the one of the request, as `endSession` does. ' +
      'FORBIDDEN if an identity provider manages the accounts, and for a token of version 0.1.0, which names no session.',
    resolve: (_, __, context) => context.services.session.endOtherSessions(callerOf(context)),
  }),
}));

const NO_SESSION = '00000000-0000-0000-0000-000000000000';
