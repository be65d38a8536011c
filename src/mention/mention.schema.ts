import { z } from 'zod';
import { builder } from '../graphql/builder.ts';
import { keyset, pageCost } from '../graphql/connection.ts';
import { limits } from '../limits.ts';
import { Message, MessageConnection } from '../message/message.schema.ts';
import { User } from '../user/user.schema.ts';

/** A page has few messages that mention many users, so a lower number than the limit is counted for each. */
const MENTIONED = 10;

builder.objectFields(Message, (t) => ({
  mentionedUsers: t.field({
    type: [User],
    description: `The users whom it mentions, at most ${limits.mentions}: they were members when it was sent, or when it was edited. Empty once it is deleted. Mentions are not read from the text: the sender lists them.`,
    extensions: { cost: { rows: MENTIONED } },
    resolve: (message, _, { loaders }) => loaders.mentionedUsers.load(message.id),
  }),
  mentionsEveryone: t.exposeBoolean('mentionsEveryone', {
    description: 'Whether it mentions every member of the chat.',
  }),
}));

const mentionsByTime = keyset('mentions', z.tuple([z.iso.datetime(), z.uuid()]));

/** The statement looks for messages that mention everyone in each chat of the viewer. */
const MENTIONS_COST = 100;

builder.queryField('mentions', (t) =>
  t.connection(
    {
      extensions: { cost: { ...pageCost, self: () => MENTIONS_COST } },
      type: Message,
      description:
        'Messages of others that mention the viewer, or everyone since the viewer joined, in the viewer’s present chats, newest first.',
      resolve: async (_, args, { viewer, services }) => {
        const userId = viewer.require();
        const page = mentionsByTime.page(args);
        const rows = await services.mentions.list(userId, page);
        return mentionsByTime.connection(rows, page, (message) => [message.createdAt.toISOString(), message.id]);
      },
    },
    MessageConnection,
  ),
);
