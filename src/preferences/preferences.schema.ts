import { builder } from '../graphql/builder.ts';
import { NotificationLevel } from '../read-state/read-state.schema.ts';
import type { Settings } from './preferences.rules.ts';

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
        'Whether others may see that the viewer is online, and when they last were. It is stored for a later version: this one shows nobody’s presence. The default is true.',
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
