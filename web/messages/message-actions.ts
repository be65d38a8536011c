import { useMemo } from 'react';
import type { Parley } from '../parley.ts';
import { useSignedIn } from '../parley.ts';
import {
  AddReactionDocument,
  DeleteMessageDocument,
  EditMessageDocument,
  RemoveReactionDocument,
  type ErrorCode,
  type MessageContentFragment,
  type UserNameFragment,
} from '../gql/graphql.ts';
import type { Texts } from '../language/en.ts';
import { useTexts } from '../language/language.ts';
import { notify } from '../ui/notices.tsx';

/** What one can do to a message. Each shows at once, and is taken back with a word when the server refuses. */
export function useMessageActions() {
  const { parley, viewer } = useSignedIn();
  const texts = useTexts();
  return useMemo(() => messageActions(parley.client, viewer, texts), [parley, viewer, texts]);
}

type Outcome = { __typename: string; code?: ErrorCode };

function messageActions(client: Parley['client'], viewer: UserNameFragment, texts: Texts) {
  async function tell(work: Promise<Outcome | undefined>): Promise<void> {
    try {
      const outcome = await work;
      if (outcome?.code) notify(texts.errors[outcome.code]);
    } catch {
      notify(texts.errors.network);
    }
  }

  async function edit(message: MessageContentFragment, content: string): Promise<void> {
    const work = client.mutate({
      mutation: EditMessageDocument,
      variables: { input: { messageId: message.id, content } },
      optimisticResponse: {
        editMessage: { ...message, __typename: 'Message', content, updatedAt: new Date().toISOString() },
      },
    });
    await tell(work.then(({ data }) => data?.editMessage));
  }

  async function remove(message: MessageContentFragment): Promise<void> {
    const work = client.mutate({
      mutation: DeleteMessageDocument,
      variables: { input: { messageId: message.id } },
      optimisticResponse: { deleteMessage: { ...message, __typename: 'Message', content: null, isDeleted: true } },
    });
    await tell(work.then(({ data }) => data?.deleteMessage));
  }

  async function toggleReaction(message: MessageContentFragment, emoji: string): Promise<void> {
    const isOwn = (reaction: MessageContentFragment['reactions'][number]) =>
      reaction.emoji === emoji && reaction.user.id === viewer.id;
    const variables = { input: { messageId: message.id, emoji } };
    if (message.reactions.some(isOwn)) {
      const reactions = message.reactions.filter((reaction) => !isOwn(reaction));
      const work = client.mutate({
        mutation: RemoveReactionDocument,
        variables,
        optimisticResponse: { removeReaction: { ...message, __typename: 'Message', reactions } },
      });
      return tell(work.then(({ data }) => data?.removeReaction));
    }
    const mine = {
      __typename: 'Reaction' as const,
      id: `optimistic:${message.id}:${emoji}`,
      emoji,
      user: { ...viewer, __typename: 'User' as const },
    };
    const work = client.mutate({
      mutation: AddReactionDocument,
      variables,
      optimisticResponse: {
        addReaction: { ...message, __typename: 'Message', reactions: [...message.reactions, mine] },
      },
    });
    return tell(work.then(({ data }) => data?.addReaction));
  }

  return { edit, remove, toggleReaction };
}
