import type { UserNameFragment } from '../gql/graphql.ts';
import { useTexts } from '../language/language.ts';
import { useViewer } from '../parley.ts';
import { Avatar } from '../ui/Avatar.tsx';
import styles from './NameList.module.css';

/** People by name, one under the other. */
export function NameList({ label, users }: { label: string; users: readonly UserNameFragment[] }) {
  const texts = useTexts();
  const viewer = useViewer();
  return (
    // It scrolls: the keyboard must reach it.
    <ul className={styles.names} aria-label={label} tabIndex={0}>
      {users.map((user) => (
        <li key={user.id}>
          <Avatar id={user.id} name={user.displayName} size="small" />
          <span dir="auto">{user.id === viewer.id ? texts.you : user.displayName}</span>
        </li>
      ))}
    </ul>
  );
}
