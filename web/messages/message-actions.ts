import { useMemo } from 'react';
import {
  AddReactionDocument,
  DeleteMessageDocument,
  EditMessageDocument,
  type EditMessageInput,
  RemoveReactionDocument,
  type ErrorCode,
  type ListedMessageFragment,
} from '../gql/graphql.ts';
import type { Texts } from '../language/en.ts';
import { useTexts } from '../language/language.ts';
import { useParley, type Parley } from '../parley.ts';
import { notify } from '../ui/notices.tsx';
import { toggled } from './reaction-groups.ts';

/** Actions on a message. Each is shown at once. If the server refuses it, it is undone and a notice is shown. */
export function useMessageActions() {
  const parley = useParley();
  const texts = useTexts();
  return useMemo(() => messageActions(parley, texts), [parley, texts]);
}

export type MessageActions = ReturnType<typeof messageActions>;

type Outcome = { __typename: string; code?: ErrorCode };

function messageActions({ client, read }: Parley, texts: Texts) {
  async function tell(work: Promise<Outcome | undefined>): Promise<void> {
    try {
      const outcome = await work;
      if (outcome?.code) notify(texts.errors[outcome.code]);
    } catch {
      notify(texts.errors.network);
    }
  }

  async function edit(
    message: ListedMessageFragment,
    content: string,
    mentions: Pick<EditMessageInput, 'mentionedUserIds' | 'mentionsEveryone'>,
  ): Promise<void> {
    const work = client.mutate({
      mutation: EditMessageDocument,
      variables: { input: { messageId: message.id, content, ...mentions } },
      optimisticResponse: {
        editMessage: { ...message, __typename: 'Message', content, updatedAt: new Date().toISOString() },
      },
    });
    await tell(work.then(({ data }) => data?.editMessage));
  }

  async function remove(message: ListedMessageFragment): Promise<void> {
    const work = client.mutate({
      mutation: DeleteMessageDocument,
      variables: { input: { messageId: message.id } },
      optimisticResponse: { deleteMessage: { ...message, __typename: 'Message', content: null, isDeleted: true } },
    });
    await tell(work.then(({ data }) => data?.deleteMessage));
  }

  async function toggleReaction(message: ListedMessageFragment, emoji: string): Promise<void> {
    const hasReacted = message.reactionGroups.some((group) => group.emoji === emoji && group.viewerHasReacted);
    const variables = { input: { messageId: message.id, emoji } };
    const shown = {
      ...message,
      __typename: 'Message' as const,
      reactionGroups: toggled(message.reactionGroups, emoji),
    };
    if (hasReacted) {
      const optimisticResponse = { removeReaction: shown };
      const work = client.mutate({ mutation: RemoveReactionDocument, variables, optimisticResponse });
      return tell(work.then(({ data }) => data?.removeReaction));
    }
    const optimisticResponse = { addReaction: shown };
    const work = client.mutate({ mutation: AddReactionDocument, variables, optimisticResponse });
    return tell(work.then(({ data }) => data?.addReaction));
  }

  /** Marks the chat as unread from this message on. */
  async function markUnread({ chatId, position }: ListedMessageFragment): Promise<void> {
    const outcome = await read.markUnread(chatId, position);
    if (!outcome.ok) notify(texts.errors[outcome.error.code as ErrorCode] ?? texts.errors.network);
  }

  return { edit, remove, toggleReaction, markUnread };
}
