import { useApolloClient } from '@apollo/client/react';
import { useCallback } from 'react';
import { BlocksDocument, BlockUserDocument, UnblockUserDocument } from '../gql/graphql.ts';
import { useTexts } from '../language/language.ts';
import { notify } from '../ui/notices.tsx';

/** Blocks or unblocks somebody. Resolves when the list of blocked people shows it, or a notice shows the error. */
export function useSetBlocked(): (userId: string, isBlocked: boolean) => Promise<void> {
  const client = useApolloClient();
  const texts = useTexts();
  return useCallback(
    async (userId, isBlocked) => {
      const options = { variables: { input: { userId } }, refetchQueries: [BlocksDocument], awaitRefetchQueries: true };
      try {
        const { data } = isBlocked
          ? await client.mutate({ mutation: BlockUserDocument, ...options })
          : await client.mutate({ mutation: UnblockUserDocument, ...options });
        const [result] = Object.values(data ?? {}) as { code?: keyof typeof texts.errors }[];
        const code = result?.code;
        if (code) notify(code === 'INVALID_INPUT' ? texts.people.tooManyBlocked : texts.errors[code]);
      } catch {
        notify(texts.errors.network);
      }
    },
    [client, texts],
  );
}
