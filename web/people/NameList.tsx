import type { UserNameFragment } from '../gql/graphql.ts';
import { useTexts } from '../language/language.ts';
import { useViewer } from '../parley.ts';
import { Avatar } from '../ui/Avatar.tsx';
import styles from './NameList.module.css';

/** A list of people by name. */
export function NameList({ label, users }: { label: string; users: readonly UserNameFragment[] }) {
  const texts = useTexts();
  const viewer = useViewer();
  return (
    // The list scrolls, so it must be reachable by keyboard.
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
