import { useMemo } from 'react';
import {
  AddChatMembersDocument,
  DeleteChatDocument,
  RemoveChatMemberDocument,
  SetChatMemberRoleDocument,
  UpdateChatDocument,
  type ChatRole,
  type ErrorCode,
} from '../gql/graphql.ts';
import type { Texts } from '../language/en.ts';
import { useTexts } from '../language/language.ts';
import { useParley, type Parley } from '../parley.ts';
import { notify } from '../ui/notices.tsx';

/** Actions on a chat. Each resolves to whether it succeeded, and shows a notice if it did not. */
export function useChatActions(chatId: string) {
  const { client } = useParley();
  const texts = useTexts();
  return useMemo(() => chatActions(client, chatId, texts), [client, chatId, texts]);
}

type Outcome = { __typename: string; code?: ErrorCode };

function chatActions(client: Parley['client'], chatId: string, texts: Texts) {
  async function tell(work: Promise<Outcome | undefined>, refusal = texts.errors.FORBIDDEN): Promise<boolean> {
    try {
      const outcome = await work;
      if (!outcome?.code) return true;
      notify(outcome.code === 'FORBIDDEN' ? refusal : texts.errors[outcome.code]);
    } catch {
      notify(texts.errors.network);
    }
    return false;
  }

  return {
    rename: (title: string) =>
      tell(
        client
          .mutate({ mutation: UpdateChatDocument, variables: { input: { chatId, title } } })
          .then(({ data }) => data?.updateChat),
      ),
    addMembers: (userIds: string[]) =>
      tell(
        client
          .mutate({ mutation: AddChatMembersDocument, variables: { input: { chatId, userIds } } })
          .then(({ data }) => data?.addChatMembers),
        texts.people.refused,
      ),
    removeMember: (userId: string) =>
      tell(
        client
          .mutate({ mutation: RemoveChatMemberDocument, variables: { input: { chatId, userId } } })
          .then(({ data }) => data?.removeChatMember),
      ),
    setRole: (userId: string, role: ChatRole) =>
      tell(
        client
          .mutate({ mutation: SetChatMemberRoleDocument, variables: { input: { chatId, userId, role } } })
          .then(({ data }) => data?.setChatMemberRole),
      ),
    remove: () =>
      tell(
        client
          .mutate({ mutation: DeleteChatDocument, variables: { input: { chatId } } })
          .then(({ data }) => data?.deleteChat),
      ),
  };
}
