import type { MessageContentFragment } from '../gql/graphql.ts';
import { useTexts } from '../language/language.ts';
import { useViewer } from '../parley.ts';
import styles from './Reactions.module.css';

interface Props {
  message: MessageContentFragment;
  isActive: boolean;
  onToggle: (message: MessageContentFragment, emoji: string) => Promise<void>;
}

export function Reactions({ message, isActive, onToggle }: Props) {
  const texts = useTexts();
  const viewer = useViewer();
  const byEmoji = Map.groupBy(message.reactions, ({ emoji }) => emoji);
  return (
    <ul className={styles.reactions} aria-label={texts.messages.reactions}>
      {[...byEmoji].map(([emoji, reactions]) => {
        const names = reactions.map(({ user }) => (user.id === viewer.id ? texts.you : user.displayName)).join(', ');
        return (
          <li key={emoji}>
            <button
              type="button"
              tabIndex={isActive ? 0 : -1}
              aria-pressed={reactions.some(({ user }) => user.id === viewer.id)}
              title={names}
              onClick={() => void onToggle(message, emoji)}
            >
              <span>{emoji}</span> {reactions.length}
              <span className="visually-hidden">{texts.messages.reactedBy(names)}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
