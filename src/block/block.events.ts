import { eventRef, StreamItem, ViewerEvent } from '../graphql/event.ts';
import { encodeId } from '../graphql/ids.ts';
import { required } from '../required.ts';

eventRef('BlockChanged').implement({
  description: 'The viewer blocked or unblocked a user, on this device or another. The other user does not receive it.',
  interfaces: [ViewerEvent, StreamItem],
  fields: (t) => ({
    userId: t.id({ description: 'The user’s id.', resolve: ({ userId }) => encodeId('User', required(userId)) }),
    isBlocked: t.boolean({
      description: 'Whether the viewer blocks the user now.',
      extensions: { viewerDependent: true },
      resolve: ({ userId }, _, { viewer, loaders }) =>
        loaders.blocked.load({ userId: viewer.require(), blockedId: required(userId) }),
    }),
  }),
});
