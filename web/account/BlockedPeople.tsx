import { useRef } from 'react';
import { useTexts } from '../language/language.ts';
import { useBlocks } from '../people/use-blocks.ts';
import { useSetBlocked } from '../people/use-set-blocked.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Button } from '../ui/Button.tsx';
import { State } from '../ui/State.tsx';
import { Loaded } from './Loaded.tsx';
import { useAccountTexts } from './texts.ts';
import styles from './AccountPages.module.css';

export function BlockedPeople() {
  const texts = useTexts();
  const account = useAccountTexts().blocked;
  const { users, error, refetch } = useBlocks();
  const setBlocked = useSetBlocked();
  const list = useRef<HTMLDivElement>(null);

  async function unblock(userId: string) {
    await setBlocked(userId, false);
    list.current?.focus(); // the button is removed with its row
  }

  return (
    <Loaded data={users} error={error} refetch={refetch}>
      {(users) => (
        <div ref={list} tabIndex={-1} className={styles.surface}>
          {users.length === 0 && <State icon="people" title={account.empty} text={account.emptyText} />}
          <ul className={styles.list} aria-label={account.list}>
            {users.map(({ id, displayName, username }) => (
              <li key={id}>
                <Avatar id={id} name={displayName} />
                <p>
                  <strong dir="auto">{displayName}</strong>
                  <span>@{username}</span>
                </p>
                <Button aria-label={account.unblockOf(displayName)} onClick={() => void unblock(id)}>
                  {texts.people.unblock}
                </Button>
              </li>
            ))}
          </ul>
        </div>
      )}
    </Loaded>
  );
}
