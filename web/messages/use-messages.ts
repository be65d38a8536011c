import { CombinedGraphQLErrors } from '@apollo/client/errors';
import { useApolloClient, useQuery } from '@apollo/client/react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { MessagesDocument, type ListedMessageFragment, type MessageAnchor } from '../gql/graphql.ts';
import { useParley, useViewer } from '../parley.ts';
import { cutEnd, cutStart, dropWindow } from './window.ts';

const pageSize = 50;
/** So many messages are kept of one chat. Who reads on drops them behind: a long chat does not fill the memory. */
const windowSize = 400;

const nowhere = { first: null, after: null, last: null, before: null, around: null };
const newestPage = { ...nowhere, last: pageSize };
const pageAround = (around: MessageAnchor) => ({ ...nowhere, first: pageSize, around });

type Asking = 'older' | 'newer' | 'newest' | 'around';

/** What became of a page that was asked for: `missing` where there is no such message. */
export type Asked = 'here' | 'missing' | 'failed';

/** A chat's messages, oldest first: a window on it that can be moved. It begins around an anchor, or at the chat's end. */
export function useMessages(chatId: string, start: MessageAnchor | null) {
  const { cache } = useParley();
  const [anchor, setAnchor] = useState(start);
  const variables = { chatId, ...(anchor ? pageAround(anchor) : newestPage) };
  const { data, error, refetch, fetchMore } = useQuery(MessagesDocument, { variables });
  // Where there is no such message, the chat opens at its end.
  if (anchor && CombinedGraphQLErrors.is(error)) setAnchor(null);
  const [asking, setAsking] = useState<Asking | 'failed' | null>(null);
  const running = useRef<Promise<void>>(null);
  const asked = useRef<string | null>(null);
  const window = data?.chat?.messages;
  const count = window?.edges.length ?? 0;
  const before = window?.pageInfo.hasPreviousPage ? window.pageInfo.startCursor : null;
  const after = window?.pageInfo.hasNextPage ? window.pageInfo.endCursor : null;

  // One at a time, and each page once: an answer is here before the list has been drawn with it.
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
        // The banner tells of a lost connection; scrolling on asks again.
      },
    );
    await running.current;
    running.current = null;
    setAsking(outcome === 'here' ? null : 'failed');
    return outcome;
  }, []);

  /** Resolves when the list has been drawn with what the cache now holds. */
  const drawn = useRef<() => void>(undefined);
  useEffect(() => drawn.current?.(), [window]);
  const untilDrawn = useCallback(() => new Promise<void>((resolve) => (drawn.current = resolve)), []);

  // The far end is cut first, and drawn so: the list keeps its place when it changes at one end at a time.
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

  /** To the chat's end, or, when it is in view, back to a small window there. */
  const loadNewest = useCallback(async () => {
    while (running.current) await running.current;
    await ask('newest', null, async () => {
      await fetchMore({ variables: newestPage });
      cutStart(cache, chatId, pageSize);
    });
  }, [ask, fetchMore, cache, chatId]);

  /** To somewhere else in the chat: the page joins the window, or takes its place. */
  const loadAround = useCallback(
    async (around: MessageAnchor) => {
      while (running.current) await running.current;
      return ask('around', null, () => fetchMore({ variables: pageAround(around) }));
    },
    [ask, fetchMore],
  );

  // Who comes back to a chat finds its end.
  const isAway = useRef(false);
  useEffect(() => {
    isAway.current = after != null;
  }, [after]);
  useEffect(() => () => void (isAway.current && dropWindow(cache, chatId)), [cache, chatId]);

  return {
    edges: window?.edges,
    /** There is no such message as the one to begin at. */
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

/** What an arrow up in the empty field edits. */
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
