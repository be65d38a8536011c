import { useSyncExternalStore } from 'react';
import { useTexts } from '../language/language.ts';
import { IconButton } from './Button.tsx';
import { Sentence } from './Sentence.tsx';
import styles from './notices.module.css';

interface Notice {
  id: number;
  text: string;
}

const shownFor = 8_000;
const listeners = new Set<() => void>();
let notices: readonly Notice[] = [];
let lastId = 0;

function set(next: readonly Notice[]): void {
  notices = next;
  listeners.forEach((listener) => listener());
}

function dismiss(id: number): void {
  set(notices.filter((notice) => notice.id !== id));
}

/** Called at sign-out, so that the next user does not see notices for the previous one. */
export function dismissAll(): void {
  set([]);
}

/** Shows a short notice, which needs no answer. */
export function notify(text: string): void {
  const id = ++lastId;
  set([...notices.slice(-2), { id, text }]);
  setTimeout(() => dismiss(id), shownFor);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function Notices() {
  const texts = useTexts();
  const shown = useSyncExternalStore(subscribe, () => notices);
  return (
    <div className={styles.notices} role="status" aria-live="polite">
      {shown.map((notice) => (
        <div key={notice.id} className={styles.notice}>
          <p>
            <Sentence text={notice.text} />
          </p>
          <IconButton icon="close" size={16} label={texts.close} onClick={() => dismiss(notice.id)} />
        </div>
      ))}
    </div>
  );
}
