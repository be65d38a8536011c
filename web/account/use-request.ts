import { useRef, useState } from 'react';
import type { ErrorCode } from '../gql/graphql.ts';
import { useTexts } from '../language/language.ts';

/** The result of a mutation. It has a code if it was refused. */
export type Outcome = { __typename?: string; code?: string } | null | undefined;

/** Sends one request at a time, and keeps the text of its error. `words` replaces the general texts. */
export function useRequest(words: Partial<Record<ErrorCode, string>> = {}) {
  const texts = useTexts();
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const isSent = useRef(false);

  /** Resolves to whether it succeeded. */
  async function send(request: () => Promise<Outcome>): Promise<boolean> {
    if (isSent.current) return false;
    isSent.current = true;
    setBusy(true);
    setFailure(null);
    const code = await request().then(
      (outcome) => outcome?.code,
      () => 'network',
    );
    isSent.current = false;
    setBusy(false);
    if (code === undefined) return true;
    const general: Partial<Record<string, unknown>> = texts.errors;
    const word = words[code as ErrorCode] ?? general[code];
    setFailure(typeof word === 'string' ? word : texts.errors.network);
    return false;
  }

  return { isBusy, failure, send };
}
