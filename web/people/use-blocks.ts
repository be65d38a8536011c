import { useQuery } from '@apollo/client/react';
import { useEffect, useMemo } from 'react';
import { useStreamItem } from '@parley/client/react';
import { BlocksDocument, type UserNameFragment } from '../gql/graphql.ts';
import { useParley } from '../parley.ts';

/** The people whom the viewer has blocked, on any device. It is undefined until all of them are known. */
export function useBlocks() {
  const { data, error, refetch, fetchMore } = useQuery(BlocksDocument);
  const blocks = data?.blocks;
  const isWhole = blocks?.pageInfo.hasNextPage === false;
  const after = blocks?.pageInfo.endCursor;

  useEffect(() => {
    if (blocks && !isWhole) void fetchMore({ variables: { after } }).catch(() => null);
  }, [blocks, isWhole, after, fetchMore]);

  useStreamItem(useParley(), ({ __typename }) => {
    if (__typename === 'BlockChanged' || __typename === 'ViewerStateReset') void refetch().catch(() => null);
  });

  const users = useMemo(
    (): UserNameFragment[] | undefined => (isWhole ? blocks.edges.map(({ node }) => node.user) : undefined),
    [blocks, isWhole],
  );
  return { users, error, refetch };
}

/** The ids of blocked people. It is empty until they are known. */
export function useBlockedIds(): ReadonlySet<string> {
  const { users } = useBlocks();
  return useMemo(() => new Set(users?.map(({ id }) => id)), [users]);
}
