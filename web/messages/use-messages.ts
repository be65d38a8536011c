import { CombinedGraphQLErrors } from '@apollo/client/errors';
import { useApolloClient, useQuery } from '@apollo/client/react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { MessagesDocument, type ListedMessageFragment, type MessageAnchor } from '../gql/graphql.ts';
import { useParley, useViewer } from '../parley.ts';
import { cutEnd, cutStart, dropWindow } from './window.ts';

const pageSize = 50;
/**
 * Maximum number of messages of one chat that are kept. Pages far from the reader are dropped, so that a long chat does
 * not fill the memory.
 */
const windowSize = 400;

const nowhere = { first: null, after: null, last: null, before: null, around: null };
const newestPage = { ...nowhere, last: pageSize };
const pageAround = (around: MessageAnchor) => ({ ...nowhere, first: pageSize, around });

type Asking = 'older' | 'newer' | 'newest' | 'around';

/** The result of loading a page: `missing` if the message does not exist. */
export type Asked = 'here' | 'missing' | 'failed';

/**
 * A chat's messages, oldest first. They are a window on the chat that can be moved. It begins around an anchor, or at
 * the chat's end.
 */
export function useMessages(chatId: string, start: MessageAnchor | null) {
  const { cache } = useParley();
  const [anchor, setAnchor] = useState(start);
  const variables = { chatId, ...(anchor ? pageAround(anchor) : newestPage) };
  const { data, error, refetch, fetchMore } = useQuery(MessagesDocument, { variables });
  // If the message does not exist, the chat opens at its end.
  if (anchor && CombinedGraphQLErrors.is(error)) setAnchor(null);
  const [asking, setAsking] = useState<Asking | 'failed' | null>(null);
  const running = useRef<Promise<void>>(null);
  const asked = useRef<string | null>(null);
  const window = data?.chat?.messages;
  const count = window?.edges.length ?? 0;
  const before = window?.pageInfo.hasPreviousPage ? window.pageInfo.startCursor : null;
  const after = window?.pageInfo.hasNextPage ? window.pageInfo.endCursor : null;

  // One page is loaded at a time, and each page once: a result arrives before the list has been rendered with it.
  const ask = useCallback(async (what: Asking, cursor: string | null, work: () => Promise<unknown>): Promise<Asked> => {
    if (running.current || (cursor !== null && cursor === asked.current)) return 'here';
    asked.current = cursor;
    setAsking(what);
    let outcome: Asked = 'here';
    running.current = work().then(
      () => {},
      (failure) => {
        asked.current = null;
        outcome = CombinedGraphQLErrors.is(failure) ? 'missing' : 'failed';
        // The banner shows that the connection is lost. Scrolling further loads the page again.
      },
    );
    await running.current;
    running.current = null;
    setAsking(outcome === 'here' ? null : 'failed');
    return outcome;
  }, []);

  /** Resolves when the list has been rendered with the content of the cache. */
  const drawn = useRef<() => void>(undefined);
  useEffect(() => drawn.current?.(), [window]);
  const untilDrawn = useCallback(() => new Promise<void>((resolve) => (drawn.current = resolve)), []);

  // The far end is cut and rendered first: the list keeps its scroll position if it changes at one end at a time.
  const loadOlder = useCallback(async () => {
    if (!before) return;
    await ask('older', before, async () => {
      if (count >= windowSize && cutEnd(cache, chatId, windowSize - pageSize)) await untilDrawn();
      await fetchMore({ variables: { ...newestPage, before } });
    });
  }, [before, count, ask, cache, chatId, untilDrawn, fetchMore]);

  const loadNewer = useCallback(async () => {
    if (!after) return;
    await ask('newer', after, async () => {
      if (count >= windowSize && cutStart(cache, chatId, windowSize - pageSize)) await untilDrawn();
      await fetchMore({ variables: { ...nowhere, first: pageSize, after } });
    });
  }, [after, count, ask, cache, chatId, untilDrawn, fetchMore]);

  /** Goes to the chat's end. If the end is in view already, the window becomes small again. */
  const loadNewest = useCallback(async () => {
    while (running.current) await running.current;
    await ask('newest', null, async () => {
      await fetchMore({ variables: newestPage });
      cutStart(cache, chatId, pageSize);
    });
  }, [ask, fetchMore, cache, chatId]);

  /** Goes to another part of the chat: the page is joined to the window or replaces it. */
  const loadAround = useCallback(
    async (around: MessageAnchor) => {
      while (running.current) await running.current;
      return ask('around', null, () => fetchMore({ variables: pageAround(around) }));
    },
    [ask, fetchMore],
  );

  // The window is dropped when the chat is left, so that a user who returns begins at its end.
  const isAway = useRef(false);
  useEffect(() => {
    isAway.current = after != null;
  }, [after]);
  useEffect(() => () => void (isAway.current && dropWindow(cache, chatId)), [cache, chatId]);

  return {
    edges: window?.edges,
    /** The message to begin at does not exist. */
    isStartMissing: start !== null && anchor === null,
    hasOlder: before != null,
    hasNewer: after != null,
    isOverfull: count > windowSize,
    asking,
    loadOlder,
    loadNewer,
    loadNewest,
    loadAround,
    error,
    refetch,
  };
}

/** The message that arrow up edits while the field is empty. */
export function useFindLastOwn(chatId: string): () => ListedMessageFragment | undefined {
  const client = useApolloClient();
  const viewer = useViewer();
  return () => {
    const data = client.readQuery({ query: MessagesDocument, variables: { chatId, ...newestPage } });
    const window = data?.chat?.messages;
    if (!window || window.pageInfo.hasNextPage) return undefined;
    return window.edges
      .map(({ node }) => node)
      .findLast((message) => message.authorId === viewer.id && !message.isDeleted && message.type === 'TEXT');
  };
}
