import { relayStylePagination } from '@apollo/client/utilities';
import type { Reference, StoreObject, TypePolicies } from '@apollo/client/cache';
import { covered, latestFirst, unite, type ChatEdges } from '../cache/chats.ts';
import type { ShownGroup } from '../cache/applied.ts';
import { mergeGroups } from '../cache/reaction-flags.ts';
import { noticePage } from '../cache/page-arguments.ts';
import { join, selected, type Window } from '../cache/window.ts';
import { higherStatus } from '../receipts/status.ts';

/** An edge as it is stored in the cache. */
export interface StoredEdge extends StoreObject {
  cursor?: string;
  node: Reference;
}

/** A connection as it is stored in the cache. */
export interface StoredConnection extends Window<StoredEdge> {
  __typename?: string;
  /** No page has been read yet: edges that events brought wait here for the first page. */
  pending?: boolean;
}

/** Marks the kit's own writes, which add one edge. Other writes are pages of results. */
export const PLACING = { parley: 'placing' };

interface ChatFilter {
  isPinned?: boolean | null;
}

type ReadField = (name: string, from: Reference) => unknown;

function rankBy(readField: ReadField) {
  return (edge: StoredEdge) => selected(readField('position', edge.node));
}

function chatEdges(readField: ReadField): ChatEdges<StoredEdge> {
  return {
    key: (edge) => edge.node.__ref,
    activity: (edge) => String(readField('lastActivityAt', edge.node) ?? ''),
  };
}

export const typePolicies: TypePolicies = {
  Query: {
    fields: {
      chats: {
        // Each filter has a list of its own, which events do not change.
        keyArgs: (args) => (args?.['filter'] ? `chats:${JSON.stringify(args['filter'])}` : 'chats'),
        read(list: StoredConnection | undefined, { args, readField, canRead }) {
          if (!list || list.pending) return undefined;
          const edges = list.edges.filter((edge) => canRead(edge.node));
          // Pinned chats come in the order in which they were pinned.
          if ((args?.['filter'] as ChatFilter | undefined)?.isPinned) return { ...list, edges };
          return { ...list, edges: latestFirst(edges, chatEdges(readField as ReadField)) };
        },
        merge(list: StoredConnection | undefined, answer: StoredConnection, { args, extensions, readField }) {
          const reading = chatEdges(readField);
          if (extensions?.['parley'] === PLACING.parley) {
            if (!list) return { ...answer, pending: true };
            return {
              ...list,
              edges: unite(list.edges, list.pending ? answer.edges : covered(list, answer.edges, reading), reading),
            };
          }
          const filter = args?.['filter'] as ChatFilter | undefined;
          // The first page of a filter replaces its list.
          if (!list || (filter && !args?.['after'])) return answer;
          if (filter) return { ...answer, edges: unite(answer.edges, list.edges, reading) };
          if (list.pending)
            return { ...answer, edges: unite(answer.edges, covered(answer, list.edges, reading), reading) };
          const older = Boolean(args?.['after']) || list.edges.length <= answer.edges.length;
          const pageInfo = older ? answer.pageInfo : list.pageInfo;
          return { ...answer, edges: unite(list.edges, answer.edges, reading), ...(pageInfo && { pageInfo }) };
        },
      },
      users: relayStylePagination(['search']),
      mentions: relayStylePagination(),
    },
  },
  Chat: {
    fields: {
      messages: {
        keyArgs: false,
        read(window: StoredConnection | undefined, { args, storage }) {
          noticePage(storage, args);
          return window;
        },
        merge(window: StoredConnection | undefined, answer: StoredConnection, { args, readField, canRead }) {
          const old = window && { ...window, edges: window.edges.filter((edge) => canRead(edge.node)) };
          return { ...answer, ...join(old, answer, args, rankBy(readField as ReadField)) };
        },
      },
      members: relayStylePagination(['first']),
    },
  },
  Message: {
    fields: {
      // The status is not part of the revision, and never goes back.
      status: { merge: (old: unknown, shown: unknown) => higherStatus(shown, old) },
      reactionGroups: {
        merge: (old: readonly ShownGroup[] | undefined, shown: readonly ShownGroup[] | null) =>
          shown && mergeGroups(old, shown),
      },
    },
  },
  // There is one state for each chat, wherever it is shown. A state that does not select `chatId` is stored in its
  // chat.
  ViewerChatState: { keyFields: ({ chatId }) => chatId !== undefined && ['chatId'] },
  // Each event is independent of the one before. Without this Apollo warns that an event replaces the previous one.
  Subscription: { fields: { events: { merge: false } } },
};
