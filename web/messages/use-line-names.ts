import { skipToken, useQuery } from '@apollo/client/react';
import { useMemo } from 'react';
import { NamesDocument } from '../gql/graphql.ts';
import { lineOf } from './line.ts';
import type { MessageRow } from './rows.ts';

/** Maximum number of users in one query. */
const most = 100;

/** Loads the names of the users that lines about the group concern. A line holds ids, because names change. */
export function useLineNames(rows: readonly MessageRow[]): ReadonlyMap<string, string> {
  const ids = useMemo(
    () => [...new Set(rows.flatMap(({ message }) => lineOf(message)?.userIds ?? []))].sort().slice(-most),
    [rows],
  );
  const { data, previousData } = useQuery(NamesDocument, ids.length === 0 ? skipToken : { variables: { ids } });
  const nodes = (data ?? previousData)?.nodes;
  return useMemo(
    () => new Map(nodes?.flatMap((node) => (node?.__typename === 'User' ? [[node.id, node.displayName]] : []))),
    [nodes],
  );
}
