import { useApolloClient, useQuery } from '@apollo/client/react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { MessagesDocument, type MessageContentFragment } from '../gql/graphql.ts';
import { useParley, useViewer } from '../parley.ts';
import { cutEnd, cutStart, dropWindow } from './window.ts';

const pageSize = 50;
/** So many messages are kept of one chat. Who reads on drops them behind: a long chat does not fill the memory. */
const windowSize = 400;

type Asking = 'older' | 'newer' | 'newest';

/** A chat's messages, oldest first: a window on it that can be moved. */
export function useMessages(chatId: string) {
  const { cache } = useParley();
  const { data, error, refetch, fetchMore } = useQuery(MessagesDocument, { variables: { chatId, last: pageSize } });
  const [asking, setAsking] = useState<Asking | 'failed' | null>(null);
  const running = useRef<Promise<void>>(null);
  const asked = useRef<string | null>(null);
  const window = data?.chat?.messages;
  const count = window?.edges.length ?? 0;
  const before = window?.pageInfo.hasPreviousPage ? window.pageInfo.startCursor : null;
  const after = window?.pageInfo.hasNextPage ? window.pageInfo.endCursor : null;

  // One at a time, and each page once: an answer is here before the list has been drawn with it.
  const ask = useCallback(async (what: Asking, cursor: string | null, work: () => Promise<unknown>) => {
    if (running.current || (cursor !== null && cursor === asked.current)) return;
    asked.current = cursor;
    setAsking(what);
    let then: 'failed' | null = null;
    running.current = work().then(
      () => {},
      () => {
        asked.current = null;
        then = 'failed';
        // The banner tells of a lost connection; scrolling on asks again.
      },
    );
    await running.current;
    running.current = null;
    setAsking(then);
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
      await fetchMore({ variables: { before } });
    });
  }, [before, count, ask, cache, chatId, untilDrawn, fetchMore]);

  const loadNewer = useCallback(async () => {
    if (!after) return;
    await ask('newer', after, async () => {
      if (count >= windowSize && cutStart(cache, chatId, windowSize - pageSize)) await untilDrawn();
      await fetchMore({ variables: { last: null, first: pageSize, after } });
    });
  }, [after, count, ask, cache, chatId, untilDrawn, fetchMore]);

  /** To the chat's end, or, when it is in view, back to a small window there. */
  const loadNewest = useCallback(async () => {
    while (running.current) await running.current;
    await ask('newest', null, async () => {
      await refetch();
      cutStart(cache, chatId, pageSize);
    });
  }, [ask, refetch, cache, chatId]);

  // Who comes back to a chat finds its end.
  const isAway = useRef(false);
  useEffect(() => {
    isAway.current = after != null;
  }, [after]);
  useEffect(() => () => void (isAway.current && dropWindow(cache, chatId)), [cache, chatId]);

  return {
    edges: window?.edges,
    hasOlder: before != null,
    hasNewer: after != null,
    isOverfull: count > windowSize,
    asking,
    loadOlder,
    loadNewer,
    loadNewest,
    error,
    refetch,
  };
}

/** What an arrow up in the empty field edits. */
export function useFindLastOwn(chatId: string): () => MessageContentFragment | undefined {
  const client = useApolloClient();
  const viewer = useViewer();
  return () => {
    const data = client.readQuery({ query: MessagesDocument, variables: { chatId, last: pageSize } });
    return data?.chat?.messages.edges
      .map(({ node }) => node)
      .findLast((message) => message.authorId === viewer.id && !message.isDeleted && message.type === 'TEXT');
  };
}
