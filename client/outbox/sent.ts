import type { SendResult } from './messages.ts';

interface Answer {
  __typename?: string;
  id?: string;
  position?: number;
  code?: string;
  message?: string;
}

/** Reads the result of each message from the result of a `sendMessage` request, by its name in the request. */
export function sent(data: object | null | undefined, messages: readonly { readonly name: string }[]): SendResult[] {
  const answers = new Map(Object.entries(data ?? {}) as [string, Answer][]);
  return messages.map(({ name }) => {
    const { __typename, id = '', position, code = 'UNKNOWN', message = 'No answer' } = answers.get(name) ?? {};
    return __typename === 'Message'
      ? { ok: true, messageId: id, ...(position !== undefined && { position }) }
      : { ok: false, error: { code, message } };
  });
}
