import { useRef, useState } from 'react';
import type { ErrorCode } from '../gql/graphql.ts';
import { useTexts } from '../language/language.ts';

/** The result of a mutation. It has a code if it was refused. */
export type Outcome = { __typename?: string; code?: string } | null | undefined;

/** Sends one request after another, and keeps the text of the error. `words` replaces the general texts. */
export function useRequest(words: Partial<Record<ErrorCode, string>> = {}) {
  const texts = useTexts();
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const last = useRef<Promise<unknown>>(Promise.resolve());

  /** Resolves to whether it succeeded. */
  async function send(request: () => Promise<Outcome>): Promise<boolean> {
    setBusy(true);
    setFailure(null);
    const answer = last.current.then(request).then(
      (outcome) => outcome?.code,
      () => 'network',
    );
    last.current = answer;
    const code = await answer;
    if (last.current === answer) setBusy(false);
    if (code === undefined) return true;
    const general: Partial<Record<string, unknown>> = texts.errors;
    const word = words[code as ErrorCode] ?? general[code];
    setFailure(typeof word === 'string' ? word : texts.errors.network);
    return false;
  }

  return { isBusy, failure, send };
}
