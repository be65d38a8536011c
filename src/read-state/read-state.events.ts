import { eventRef, StreamItem, ViewerEvent } from '../graphql/event.ts';
import { encodeId } from '../graphql/ids.ts';
import { required } from '../required.ts';
import { ViewerChatState } from './read-state.schema.ts';

eventRef('ViewerChatStateChanged').implement({
  description: 'The viewer’s own state of a chat changed, on this device or another.',
  interfaces: [ViewerEvent, StreamItem],
  fields: (t) => ({
    chatId: t.id({ description: 'The chat’s id.', resolve: ({ chatId }) => encodeId('Chat', chatId) }),
    viewerState: t.field({
      type: ViewerChatState,
      description: 'The state as it now is: its `version` may be higher than that of the change.',
      extensions: { viewerDependent: true },
      resolve: async ({ chatId }, _, { viewer, loaders }) =>
        required(await loaders.viewerChatState.load({ userId: viewer.require(), chatId })),
    }),
  }),
});
