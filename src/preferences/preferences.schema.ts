import { ContactPermission as permissions } from '../database/generated/client.ts';
import { builder } from '../graphql/builder.ts';
import { NotificationLevel } from '../read-state/read-state.schema.ts';
import type { Settings } from './preferences.rules.ts';

export const ContactPermission = builder.enumType('ContactPermission', {
  description: 'Who may open a direct chat with a user and add them to groups. It may grow.',
  values: {
    [permissions.EVERYONE]: { description: 'Everyone.' },
    [permissions.SHARED_CHAT]: { description: 'People who are in a chat with the user.' },
  },
});

export const ViewerSettings = builder.objectRef<Settings>('ViewerSettings').implement({
  description: 'Settings of the viewer for all chats. Nobody else sees them.',
  fields: (t) => ({
    version: t.exposeInt('version', {
      description: 'The viewer’s version when they last changed; 0 if they were never changed.',
    }),
    defaultNotifications: t.expose('defaultNotifications', {
      type: NotificationLevel,
      description:
        'The messages that the viewer wants notifications of, in chats for which nothing else is set. The default is ALL.',
    }),
    sendsReadReceipts: t.exposeBoolean('sendsReadReceipts', {
      description:
        'Whether others see how far the viewer has read and received. While it is off, the positions that others see do not change. After it is switched on again, the next mark shows the viewer’s whole progress. The default is true.',
    }),
    sharesPresence: t.exposeBoolean('sharesPresence', {
      description:
        'Whether people in a chat with the viewer may see that the viewer is online, and when they last were. When it is switched off, that is forgotten at once. The default is true.',
    }),
    whoMayContact: t.expose('whoMayContact', {
      type: ContactPermission,
      description:
        'Who may open a direct chat with the viewer and add them to groups. Others are refused with FORBIDDEN, with the same message as for a block. Existing chats do not change. The default is EVERYONE.',
    }),
  }),
});

builder.queryField('viewerSettings', (t) =>
  t.field({
    type: ViewerSettings,
    description: 'The viewer’s settings.',
    resolve: (_, __, { viewer, loaders }) => loaders.viewerSettings.load(viewer.require()),
  }),
);
