import { z } from 'zod';
import type { PublicUser } from '../database/public-user.ts';
import { BadRequestError } from '../errors.ts';
import { builder } from '../graphql/builder.ts';
import { keyset, pageCost } from '../graphql/connection.ts';
import { limits } from '../limits.ts';

export const User = builder.objectRef<PublicUser>('User');

builder.node(User, {
  description: 'Someone with an account. A user is never removed: erasing an account blanks its names.',
  id: { resolve: (user) => user.id },
  loadWithoutCache: (id, { loaders }) => loaders.user.load(id),
  fields: (t) => ({
    username: t.exposeString('username', {
      description: `Unique, of ${limits.username.min}–${limits.username.max} of \`a–z\`, \`0–9\` and \`_\`.`,
    }),
    displayName: t.exposeString('displayName', {
      description: `The name to show, of up to ${limits.displayName.characters} characters.`,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the account was made.' }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({
    type: User,
    nullable: true,
    description: 'The signed-in user; null when anonymous.',
    resolve: (_, __, { viewer, loaders }) => (viewer.idOrNull === null ? null : loaders.user.load(viewer.id)),
  }),
);

const usersByName = keyset('users', z.string().regex(/^\w+$/));

builder.queryField('users', (t) =>
  t.connection(
    {
      complexity: pageCost,
      type: User,
      description: 'Users whose username or display name contains the term, whatever its case, by username.',
      args: {
        search: t.arg.string({
          required: true,
          description: `A part of a name, of 1–${limits.searchTerm.characters} characters.`,
        }),
      },
      resolve: async (_, { search, ...args }, { viewer, services }) => {
        void viewer.id;
        const term = search.trim();
        if (term === '' || term.length > limits.searchTerm.characters || term.includes('\0') || !term.isWellFormed()) {
          throw new BadRequestError(`search: must be 1–${limits.searchTerm.characters} characters.`);
        }
        const page = usersByName.page(args);
        return usersByName.connection(await services.users.search(term, page), page, (user) => user.username);
      },
    },
    { name: 'UserConnection', description: 'A page of users.' },
    { name: 'UserEdge', description: 'A user in a page.' },
  ),
);
