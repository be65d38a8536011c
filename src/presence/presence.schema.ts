import { EphemeralEvent } from '../ephemeral/ephemeral.schema.ts';
import { builder } from '../graphql/builder.ts';
import { encodeId } from '../graphql/ids.ts';
import type { Presence as PresenceOf } from '../log/ephemeral.ts';
import type { StreamItem } from '../log/event-types.ts';
import { required } from '../required.ts';
import { User } from '../user/user.schema.ts';

const PresenceStatus = builder.enumType('PresenceStatus', {
  description: 'Whether a user is online. It may grow: treat an unknown status like UNKNOWN.',
  values: {
    ONLINE: { description: 'One of their devices is connected and in use.' },
    IDLE: { description: 'Devices are connected, and none is in use.' },
    OFFLINE: { description: 'No device is connected.' },
    UNKNOWN: {
      description:
        'The viewer may not see it: the user does not share it, has no chat with the viewer, or cannot be contacted, or the deployment has switched presence off.',
    },
  } as const,
});

interface PresenceOfUser extends PresenceOf {
  userId: string;
}

const Presence = builder.objectRef<PresenceOfUser>('Presence').implement({
  description: 'Whether a user is online, as the viewer sees it.',
  fields: (t) => ({
    userId: t.id({ description: 'The user’s id.', resolve: ({ userId }) => encodeId('User', userId) }),
    status: t.expose('status', { type: PresenceStatus, description: 'Whether they are online.' }),
    lastSeenAt: t.expose('lastSeenAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Of a user who is OFFLINE: when they were last online, in whole minutes; null if that is not known.',
    }),
  }),
});

builder.objectField(User, 'presence', (t) =>
  t.field({
    type: Presence,
    description:
      'Whether the user is online. UNKNOWN unless they share it (`ViewerSettings.sharesPresence`), are in a chat with the viewer, and neither has blocked the other. To receive changes, name the user in `ephemeral(userIds:)`, and query this field once after each `EphemeralReady`.',
    extensions: { viewerDependent: true },
    resolve: async ({ id }, _, { viewer, loaders }) => ({
      userId: id,
      ...(await loaders.presence.load({ viewerId: viewer.require(), userId: id })),
    }),
  }),
);

builder.objectRef<StreamItem>('PresenceChanged').implement({
  description:
    'A user on screen went online, idle or offline, or may no longer be seen, which is UNKNOWN. It is sent at most once a second for each user.',
  interfaces: [EphemeralEvent],
  fields: (t) => ({
    userId: t.id({ description: 'The user’s id.', resolve: ({ userId }) => encodeId('User', required(userId)) }),
    presence: t.field({
      type: Presence,
      description: 'The presence as it now is.',
      extensions: { cost: { reads: false } },
      resolve: ({ userId, presence }) => ({ userId: required(userId), ...required(presence) }),
    }),
  }),
});
