import { InvalidInputError } from '../errors.ts';
import { builder } from '../graphql/builder.ts';
import { byRule } from '../graphql/inputs.ts';
import { limits } from '../limits.ts';
import { User } from './user.schema.ts';

const UpdateProfileInput = builder.inputType('UpdateProfileInput', {
  description: 'A change of the viewer’s profile. What is absent or null stays.',
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
      'Changes the viewer’s profile. Whoever has the viewer on screen is told by `UserUpdated`, everybody else sees it when they fetch the user again. Repeating it changes nothing more.',
    args: { input: t.arg({ type: UpdateProfileInput, required: true, description: 'The change.' }) },
    resolve: (_, { input }, { viewer, services }) => services.users.updateProfile(viewer.require(), input),
  }),
);
