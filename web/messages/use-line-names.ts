import { skipToken, useQuery } from '@apollo/client/react';
import { useMemo } from 'react';
import { NamesDocument } from '../gql/graphql.ts';
import { lineOf } from './line.ts';
import type { MessageRow } from './rows.ts';

/** So many users one query may name. */
const most = 100;

/** The names of those whom lines about the group concern: a line holds ids, since names change. */
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
