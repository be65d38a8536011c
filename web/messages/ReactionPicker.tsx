import type { KeyboardEvent } from 'react';
import { useTexts } from '../language/language.ts';
import { Popover } from '../ui/Popover.tsx';
import styles from './ReactionPicker.module.css';

const columns = 7;
const emojis = [
  ...['👍', '❤️', '😂', '🎉', '😮', '😢', '🙏'],
  ...['👎', '🔥', '👏', '✅', '👀', '💯', '🚀'],
  ...['😀', '😊', '😍', '🤔', '😅', '😎', '🥳'],
  ...['😴', '😭', '😡', '🤯', '🤝', '💪', '🙌'],
  ...['👋', '✨', '💡', '☕️', '🍰', '🌱', '⭐️'],
];

export function ReactionPicker({
  anchor,
  onPick,
  onClose,
}: {
  anchor: HTMLElement;
  onPick: (emoji: string) => void;
  onClose: () => void;
}) {
  const texts = useTexts();
  return (
    <Popover
      anchor={anchor}
      onClose={onClose}
      role="dialog"
      aria-label={texts.messages.emoji}
      className={styles.picker}
      onKeyDown={moveFocus}
    >
      {emojis.map((emoji) => (
        <button key={emoji} type="button" onClick={() => onPick(emoji)}>
          {emoji}
        </button>
      ))}
    </Popover>
  );
}

const steps: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns };

function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const step = steps[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const buttons = [...event.currentTarget.querySelectorAll('button')];
  const index = buttons.findIndex((button) => button === document.activeElement);
  buttons[index + step]?.focus();
}
