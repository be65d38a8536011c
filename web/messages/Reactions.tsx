import type { MouseEvent } from 'react';
import type { ListedMessageFragment } from '../gql/graphql.ts';
import { useTexts } from '../language/language.ts';
import styles from './Reactions.module.css';

interface Props {
  message: ListedMessageFragment;
  isActive: boolean;
  onToggle: (message: ListedMessageFragment, emoji: string) => Promise<void>;
  /** Called when the user wants to know who reacted. */
  onAsk: (emoji: string) => void;
}

export function Reactions({ message, isActive, onToggle, onAsk }: Props) {
  const texts = useTexts();
  // A long press, the second mouse button and the menu key all cause this event.
  const ask = (event: MouseEvent, emoji: string) => {
    event.preventDefault();
    onAsk(emoji);
  };
  return (
    <ul className={styles.reactions} aria-label={texts.messages.reactions}>
      {message.reactionGroups.map(({ emoji, count, viewerHasReacted }) => (
        <li key={emoji}>
          <button
            type="button"
            tabIndex={isActive ? 0 : -1}
            aria-pressed={viewerHasReacted}
            title={texts.messages.reactionHint}
            onClick={() => void onToggle(message, emoji)}
            onContextMenu={(event) => ask(event, emoji)}
          >
            <span>{emoji}</span> {count}
          </button>
        </li>
      ))}
    </ul>
  );
}
