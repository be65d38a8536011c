import { useApolloClient } from '@apollo/client/react';
import { useEffect, useRef } from 'react';
import { DraftedReplyDocument, type ListedMessageFragment } from '../gql/graphql.ts';
import type { Draft } from './draft.ts';

/** Shows the message that a draft replies to, even if it was chosen on another device. */
export function useDraftedReply(
  replyToId: string | null,
  { kind }: Draft,
  onReply: (message: ListedMessageFragment) => void,
): void {
  const client = useApolloClient();
  const reply = useRef(onReply);
  useEffect(() => {
    reply.current = onReply;
  });
  const missingId = kind === 'new' ? replyToId : null;
  useEffect(() => {
    if (missingId === null) return;
    let isOver = false;
    void client.query({ query: DraftedReplyDocument, variables: { id: missingId } }).then(
      ({ data }) => {
        if (!isOver && data?.node?.__typename === 'Message') reply.current(data.node);
      },
      () => {}, // the text is shown without it
    );
    return () => void (isOver = true);
  }, [client, missingId]);
}
