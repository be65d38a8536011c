import { relayStylePagination } from '@apollo/client/utilities';
import { createContext, useContext } from 'react';
import { createParley } from '@parley/client/apollo';
import type { AlertsOfUser } from './alerts/alerts.ts';
import { EventsDocument, SendMessageDocument, type UserNameFragment } from './gql/graphql.ts';
import { session } from './session/session.ts';

/** The live connection of one signed-in user: Apollo Client, the stream, and what is still to be sent. */
export function connect(viewer: UserNameFragment) {
  return createParley({
    url: '/graphql',
    auth: session,
    viewerId: viewer.id,
    events: EventsDocument,
    sendMessage: SendMessageDocument,
    // The pair that names a direct chat and the page of members are two lists: neither takes the other's place.
    cache: {
      typePolicies: {
        Chat: { fields: { members: relayStylePagination(['first']) } },
        // An event does not show it. Where the kit cannot tell either, it was somebody else who reacted.
        ReactionGroup: { fields: { viewerHasReacted: { read: (hasReacted = false) => hasReacted as boolean } } },
      },
    },
  });
}

export type Parley = ReturnType<typeof connect>;

export interface SignedIn {
  parley: Parley;
  viewer: UserNameFragment;
  /** How chats were last called: a notice of a chat's end comes when the cache has already forgotten it. */
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
