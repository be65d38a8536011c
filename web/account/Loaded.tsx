import type { ReactNode } from 'react';
import { useTexts } from '../language/language.ts';
import { Button } from '../ui/Button.tsx';
import { Spinner, State } from '../ui/State.tsx';
import { useRetry } from '../use-retry.ts';
import { useAccountTexts } from './texts.ts';

interface Props<T> {
  data: T | undefined;
  error: unknown;
  refetch: () => unknown;
  children: (data: T) => ReactNode;
}

/** Shows what was asked for, that it is being loaded, or that it could not be. */
export function Loaded<T>({ data, error, refetch, children }: Props<T>) {
  const texts = useTexts();
  const account = useAccountTexts();
  useRetry(error, refetch);
  if (data !== undefined) return children(data);
  if (!error) return <Spinner label={texts.loading} />;
  return (
    <State icon="alert" title={account.failed}>
      <Button onClick={() => void refetch()}>{texts.retry}</Button>
    </State>
  );
}
