import { z } from 'zod';
import type { PublicUser } from '../database/public-user.ts';
import { builder } from '../graphql/builder.ts';
import { byRule } from '../graphql/inputs.ts';
import { keyset, pageCost } from '../graphql/connection.ts';
import { limits } from '../limits.ts';
import { readSearchTerm } from './user.rules.ts';

export const User = builder.objectRef<PublicUser>('User');

builder.node(User, {
  description: 'Someone with an account. A user is never removed: deleting an account blanks its names.',
  id: { resolve: (user) => user.id },
  loadWithoutCache: (id, { loaders }) => loaders.user.load(id),
  fields: (t) => ({
    username: t.exposeString('username', {
      description: `Unique, of ${limits.username.min}–${limits.username.max} of \`a–z\`, \`0–9\` and \`_\`.`,
    }),
    displayName: t.exposeString('displayName', {
      description: `The name to show, of up to ${limits.displayName.characters} characters.`,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the account was created.' }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({
    type: User,
    nullable: true,
    description: 'The signed-in user; null when anonymous.',
    resolve: (_, __, { viewer, loaders }) => (viewer.optional() === null ? null : loaders.user.load(viewer.require())),
  }),
);

export const UserConnection = builder.connectionObject(
  { type: User, name: 'UserConnection', description: 'A page of users.' },
  { name: 'UserEdge', description: 'A user in a page.' },
);

const usersByName = keyset('users', z.string().regex(/^\w+$/));

builder.queryField('users', (t) =>
  t.connection(
    {
      extensions: { cost: pageCost },
      type: User,
      description: 'Users whose username or display name contains the term, ignoring case, sorted by username.',
      args: {
        search: t.arg.string({
          required: true,
          description: `A part of a name, of ${limits.searchTerm.min}–${limits.searchTerm.characters} characters, at most ${limits.searchTerm.bytes} bytes of UTF-8.`,
          extensions: byRule(limits.searchTerm),
        }),
      },
      resolve: async (_, { search, ...args }, { viewer, services }) => {
        void viewer.require();
        const term = readSearchTerm(search);
        const page = usersByName.page(args);
        return usersByName.connection(await services.users.search(term, page), page, (user) => user.username);
      },
    },
    UserConnection,
  ),
);
