import { relayStylePagination } from '@apollo/client/utilities';
import { createContext, useContext } from 'react';
import { createParley } from '@parley/client/apollo';
import type { AlertsOfUser } from './alerts/alerts.ts';
import { EventsDocument, SendMessageDocument, type UserNameFragment } from './gql/graphql.ts';
import { session } from './session/session.ts';

/** The live connection of one signed-in user: Apollo Client, the stream and the outbox. */
export function connect(viewer: UserNameFragment) {
  return createParley({
    url: '/graphql',
    auth: session,
    viewerId: viewer.id,
    events: EventsDocument,
    sendMessage: SendMessageDocument,
    // The two members that name a direct chat and the page of members are two lists, so that neither overwrites the
    // other.
    cache: {
      typePolicies: {
        Query: { fields: { blocks: relayStylePagination() } },
        Chat: { fields: { members: relayStylePagination(['first']) } },
        // An event does not show this field. If the kit does not know it either, somebody else has reacted.
        ReactionGroup: { fields: { viewerHasReacted: { read: (hasReacted = false) => hasReacted as boolean } } },
      },
    },
  });
}

export type Parley = ReturnType<typeof connect>;

export interface SignedIn {
  parley: Parley;
  viewer: UserNameFragment;
  /**
   * The last known titles of chats. The notice of a chat's end needs them, because the cache has forgotten the chat by
   * then.
   */
  titles: Map<string, string>;
  alerts: AlertsOfUser;
}

export const SignedInContext = createContext<SignedIn | null>(null);

export function useSignedIn(): SignedIn {
  const value = useContext(SignedInContext);
  if (!value) throw new Error('Nobody is signed in here.');
  return value;
}

export const useParley = () => useSignedIn().parley;
export const useViewer = () => useSignedIn().viewer;
