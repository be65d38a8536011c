import type { ReactNode } from 'react';
import { useTexts } from '../language/language.ts';
import { Button } from '../ui/Button.tsx';
import { Spinner, State } from '../ui/State.tsx';
import { useRetry } from '../use-retry.ts';
import { useAccountTexts } from './texts.ts';
import styles from './AccountPages.module.css';

interface Props<T> {
  data: T | undefined;
  error: unknown;
  refetch: () => unknown;
  children: (data: T) => ReactNode;
}

/** Shows the loaded content, that it is being loaded, or that loading has failed. */
export function Loaded<T>({ data, error, refetch, children }: Props<T>) {
  const texts = useTexts();
  const account = useAccountTexts();
  useRetry(error, refetch);
  if (data !== undefined) return children(data);
  if (!error) {
    return (
      <div className={styles.loading}>
        <Spinner label={texts.loading} />
      </div>
    );
  }
  return (
    <State icon="alert" title={account.failed}>
      <Button onClick={() => void refetch()}>{texts.retry}</Button>
    </State>
  );
}
