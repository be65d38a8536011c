import { skipToken, useQuery } from '@apollo/client/react';
import { useMemo } from 'react';
import { ChatsDocument } from '../gql/graphql.ts';
import { useRetry } from '../use-retry.ts';
import { filters, type View } from './views.ts';

/**
 * The chats for a view. The list of all chats follows the events. A filter adds the chats of the view that are not on
 * its loaded pages.
 */
export function useChatList(view: View) {
  const all = useQuery(ChatsDocument);
  const options = { variables: { filter: filters[view] }, fetchPolicy: 'cache-and-network' } as const;
  const filtered = useQuery(ChatsDocument, all.data ? options : skipToken);
  useRetry(all.error, all.refetch);
  useRetry(filtered.error, filtered.refetch);

  const page = all.data?.chats;
  const more = filtered.data?.chats;
  const chats = useMemo(() => page && [...page.edges, ...(more?.edges ?? [])].map(({ node }) => node), [page, more]);
  const growing = view === 'all' ? all : filtered;
  const { hasNextPage = false, endCursor = null } = growing.data?.chats.pageInfo ?? {};
  return {
    chats,
    /** The pinned chats, in their order. */
    pins: useMemo(() => (view === 'all' ? (more?.edges ?? []).map(({ node }) => node.id) : []), [view, more]),
    isEmpty: page?.edges.length === 0,
    isLoaded: growing.data !== undefined,
    error: all.error,
    refetch: all.refetch,
    loadMore: () => void growing.fetchMore({ variables: { after: endCursor } }).catch(() => {}), // the banner tells of it
    /** Where the next page begins; null at the end. */
    nextPage: hasNextPage ? endCursor : null,
  };
}
