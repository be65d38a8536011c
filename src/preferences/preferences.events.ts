import { eventRef, StreamItem, ViewerEvent } from '../graphql/event.ts';
import { ViewerSettings } from './preferences.schema.ts';

eventRef('ViewerSettingsChanged').implement({
  description:
    'The viewer’s settings changed, on this device or another. Chats for which no `notifications` are set follow the new default.',
  interfaces: [ViewerEvent, StreamItem],
  fields: (t) => ({
    settings: t.field({
      type: ViewerSettings,
      description: 'The settings as they now are: their `version` may be higher than that of the change.',
      extensions: { viewerDependent: true },
      resolve: (_, __, { viewer, loaders }) => loaders.viewerSettings.load(viewer.require()),
    }),
  }),
});
