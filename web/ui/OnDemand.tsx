import { Suspense, type ReactNode } from 'react';
import { useTexts } from '../language/language.ts';
import { Failure } from './Failure.tsx';
import { Spinner } from './State.tsx';
import styles from './OnDemand.module.css';

/** Shows a component whose code is loaded when it is opened, and offers to load the page again if that fails. */
export function OnDemand({ children }: { children: ReactNode }) {
  const texts = useTexts();
  return (
    <Failure>
      <Suspense
        fallback={
          <div className={styles.waiting}>
            <Spinner label={texts.loading} />
          </div>
        }
      >
        {children}
      </Suspense>
    </Failure>
  );
}
