import { builder } from '../graphql/builder.ts';
import { NotificationLevel } from '../read-state/read-state.schema.ts';
import type { Settings } from './preferences.rules.ts';

export const ViewerSettings = builder.objectRef<Settings>('ViewerSettings').implement({
  description: 'How the viewer wants it in all chats. Nobody else sees it.',
  fields: (t) => ({
    version: t.exposeInt('version', {
      description: 'The viewer’s version when it last changed; 0 while nothing was ever changed.',
    }),
    defaultNotifications: t.expose('defaultNotifications', {
      type: NotificationLevel,
      description:
        'Which messages the viewer wants to be told of in chats for which nothing else is set. At first ALL.',
    }),
    sendsReadReceipts: t.exposeBoolean('sendsReadReceipts', {
      description:
        'Whether others see how far the viewer has read and received. Switched off, what they see stays where it is. Switched on again, the next mark shows, and with it everything before it. At first true.',
    }),
    sharesPresence: t.exposeBoolean('sharesPresence', {
      description:
        'Whether others may see that the viewer is online, and when they last were. It is stored for a later version: this one shows nobody’s presence. At first true.',
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
