import { relayStylePagination } from '@apollo/client/utilities';
import type { Reference, StoreObject, TypePolicies } from '@apollo/client/cache';
import { join, selected, type Window } from '../cache/window.ts';

/** An edge as the cache keeps it. */
export interface StoredEdge extends StoreObject {
  cursor?: string;
  node: Reference;
}

/** A connection as the cache keeps it. */
export interface StoredConnection extends Window<StoredEdge> {
  __typename?: string;
  /** Nothing was answered yet: what events brought waits here for the first page. */
  pending?: boolean;
}

/** Marks writes of the kit's own, which add one edge instead of answering a page. */
export const PLACING = { parley: 'placing' };

type ReadField = (name: string, from: Reference) => unknown;

function rankBy(readField: ReadField) {
  return (edge: StoredEdge) => selected(readField('position', edge.node));
}

function latestFirst(edges: readonly StoredEdge[], readField: ReadField): StoredEdge[] {
  const time = (edge: StoredEdge) => String(readField('lastActivityAt', edge.node) ?? '');
  return edges.toSorted((a, b) => (time(a) < time(b) ? 1 : time(a) > time(b) ? -1 : 0));
}

/** Newcomers first, where nothing else decides; each chat once. */
function unite(old: readonly StoredEdge[], more: readonly StoredEdge[]): StoredEdge[] {
  const known = new Set(old.map((edge) => edge.node.__ref));
  return [...more.filter((edge) => !known.has(edge.node.__ref)), ...old];
}

/** Beyond the last page that was asked for, a list shows nothing: it would jump when that page comes. */
function covered(list: StoredConnection, edges: readonly StoredEdge[], readField: ReadField): StoredEdge[] {
  if (!list.pageInfo?.hasNextPage) return [...edges];
  const last = latestFirst(list.edges, readField).at(-1);
  if (!last) return [...edges];
  const oldest = String(readField('lastActivityAt', last.node) ?? '');
  return edges.filter((edge) => String(readField('lastActivityAt', edge.node) ?? '~') >= oldest);
}

export const typePolicies: TypePolicies = {
  Query: {
    fields: {
      chats: {
        keyArgs: false,
        read(list: StoredConnection | undefined, { readField, canRead }) {
          if (!list || list.pending) return undefined;
          const edges = list.edges.filter((edge) => canRead(edge.node));
          return { ...list, edges: latestFirst(edges, readField) };
        },
        merge(list: StoredConnection | undefined, answer: StoredConnection, { args, extensions, readField }) {
          const read = readField as ReadField;
          if (extensions?.['parley'] === PLACING.parley) {
            if (!list) return { ...answer, pending: true };
            return {
              ...list,
              edges: unite(list.edges, list.pending ? answer.edges : covered(list, answer.edges, read)),
            };
          }
          if (!list) return answer;
          if (list.pending) return { ...answer, edges: unite(answer.edges, covered(answer, list.edges, read)) };
          const older = Boolean(args?.['after']) || list.edges.length <= answer.edges.length;
          const pageInfo = older ? answer.pageInfo : list.pageInfo;
          return { ...answer, edges: unite(list.edges, answer.edges), ...(pageInfo && { pageInfo }) };
        },
      },
      users: relayStylePagination(['search']),
    },
  },
  Chat: {
    fields: {
      messages: {
        keyArgs: false,
        merge(window: StoredConnection | undefined, answer: StoredConnection, { args, readField, canRead }) {
          const old = window && { ...window, edges: window.edges.filter((edge) => canRead(edge.node)) };
          return { ...answer, ...join(old, answer, args, rankBy(readField as ReadField)) };
        },
      },
      members: relayStylePagination(['first']),
    },
  },
  // Each event stands for itself; without this Apollo warns that the next one takes the place of the last.
  Subscription: { fields: { events: { merge: false } } },
};
