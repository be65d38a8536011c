import { z } from 'zod';
import type { Block as BlockRow } from '../database/generated/client.ts';
import { InvalidInputError, NotFoundError } from '../errors.ts';
import { builder } from '../graphql/builder.ts';
import { keyset, pageCost } from '../graphql/connection.ts';
import { encodeId, rowId } from '../graphql/ids.ts';
import { limits } from '../limits.ts';
import { required } from '../required.ts';
import { User } from '../user/user.schema.ts';

const Block = builder.objectRef<BlockRow>('Block').implement({
  description: 'A user whom the viewer has blocked.',
  fields: (t) => ({
    user: t.field({
      type: User,
      description: 'The blocked user.',
      resolve: async ({ blockedId }, _, { loaders }) => required(await loaders.user.load(blockedId)),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the user was blocked.' }),
  }),
});

const BlockRemoved = builder.objectRef<{ userId: string; at: Date }>('BlockRemoved').implement({
  description: 'The viewer does not block the user (any more).',
  fields: (t) => ({
    userId: t.id({ description: 'The user’s id.', resolve: ({ userId }) => encodeId('User', userId) }),
    at: t.expose('at', { type: 'DateTime', description: 'When the mutation was performed.' }),
  }),
});

const BlockConnection = builder.connectionObject(
  { type: Block, name: 'BlockConnection', description: 'A page of blocked users.' },
  { name: 'BlockEdge', description: 'A blocked user in a page.' },
);

const byCreation = keyset('blocks', z.tuple([z.iso.datetime(), z.uuid()]));

builder.queryField('blocks', (t) =>
  t.connection(
    {
      extensions: { cost: pageCost },
      type: Block,
      description: 'The users whom the viewer has blocked, newest first.',
      resolve: async (_, args, { viewer, services }) => {
        const page = byCreation.page(args);
        const rows = await services.blocks.list(viewer.require(), page);
        return byCreation.connection(rows, page, ({ createdAt, blockedId }) => [createdAt.toISOString(), blockedId]);
      },
    },
    BlockConnection,
  ),
);

const input = (name: 'BlockUserInput' | 'UnblockUserInput', description: string) =>
  builder.inputType(name, {
    description,
    fields: (t) => ({ userId: t.id({ required: true, description: 'The user.' }) }),
  });

const BlockUserInput = input('BlockUserInput', 'The user to block.');
const UnblockUserInput = input('UnblockUserInput', 'The user to unblock.');

/** The mutations take no Idempotency-Key, because repeating them changes nothing. */
builder.mutationFields((t) => ({
  blockUser: t.field({
    type: Block,
    errors: { types: [NotFoundError, InvalidInputError] },
    description:
      'Blocks a user: neither of the two can write in their direct chat, open one, or add the other to a group. Each of them is refused with FORBIDDEN, with the same message as for a deleted account, so that the block cannot be recognised. In groups nothing changes. ' +
      `A user blocks at most ${limits.blocks}.`,
    args: { input: t.arg({ type: BlockUserInput, required: true, description: 'The user to block.' }) },
    resolve: (_, args, { viewer, services }) =>
      services.blocks.block(viewer.require(), rowId('User', args.input.userId)),
  }),
  unblockUser: t.field({
    type: BlockRemoved,
    errors: { types: [NotFoundError] },
    description: 'Unblocks a user. If there is no block, nothing changes.',
    args: { input: t.arg({ type: UnblockUserInput, required: true, description: 'The user to unblock.' }) },
    resolve: (_, args, { viewer, services }) =>
      services.blocks.unblock(viewer.require(), rowId('User', args.input.userId)),
  }),
}));
