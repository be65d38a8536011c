import { ForbiddenError, InvalidInputError, RateLimitedError } from '../errors.ts';
import { builder } from '../graphql/builder.ts';
import { byRule } from '../graphql/inputs.ts';
import { limits } from '../limits.ts';

const AccountDeleted = builder.objectRef<{ at: Date }>('AccountDeleted').implement({
  description: 'The account is deleted.',
  fields: (t) => ({ at: t.expose('at', { type: 'DateTime', description: 'When it was deleted.' }) }),
});

const { password } = limits;

const DeleteAccountInput = builder.inputType('DeleteAccountInput', {
  description: 'The confirmation.',
  fields: (t) => ({
    password: t.string({
      required: true,
      description: `The viewer’s password, ${password.min}–${password.max} characters, at most ${password.bytes} bytes of UTF-8.`,
      extensions: byRule(password),
    }),
  }),
});

/** The mutation takes no Idempotency-Key, because its input holds a secret. */
builder.mutationField('deleteAccount', (t) =>
  t.field({
    extensions: { oncePerOperation: true },
    type: AccountDeleted,
    errors: { types: [ForbiddenError, InvalidInputError, RateLimitedError] },
    description:
      'Deletes the viewer’s account: names and password are blanked, all sessions end, groups are left by the usual rules, and what belongs to the viewer alone is deleted. Messages and reactions stay, and show a deleted user. It cannot be undone. ' +
      'FORBIDDEN if the password is wrong, or if an identity provider manages the accounts.',
    args: { input: t.arg({ type: DeleteAccountInput, required: true, description: 'The confirmation.' }) },
    resolve: (_, { input }, { viewer, services }) => services.account.delete(viewer.require(), input),
  }),
);
