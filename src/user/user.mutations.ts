import { InvalidInputError } from '../errors.ts';
import { builder } from '../graphql/builder.ts';
import { byRule } from '../graphql/inputs.ts';
import { limits } from '../limits.ts';
import { User } from './user.schema.ts';

const UpdateProfileInput = builder.inputType('UpdateProfileInput', {
  description: 'A change of the viewer’s profile. Fields that are absent or null keep their value.',
  fields: (t) => ({
    displayName: t.string({
      description: `The name to show, 1–${limits.displayName.characters} characters.`,
      extensions: byRule(limits.displayName),
    }),
  }),
});

builder.mutationField('updateProfile', (t) =>
  t.field({
    type: User,
    errors: { types: [InvalidInputError] },
    description:
      'Changes the viewer’s profile. Subscribers of `ephemeral` who have the viewer on screen receive `UserUpdated`; others see it when they next fetch the user. Repeating it changes nothing.',
    args: { input: t.arg({ type: UpdateProfileInput, required: true, description: 'The change.' }) },
    resolve: (_, { input }, { viewer, services }) => services.users.updateProfile(viewer.require(), input),
  }),
);
