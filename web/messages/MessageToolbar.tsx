import { useState } from 'react';
import { useTexts } from '../language/language.ts';
import { IconButton } from '../ui/Button.tsx';
import { Confirm } from '../ui/Dialog.tsx';
import { MenuButton, type MenuItem } from '../ui/Menu.tsx';
import type { MessageProps } from './Message.tsx';
import { ReactionPicker } from './ReactionPicker.tsx';
import styles from './MessageToolbar.module.css';

type Props = Pick<MessageProps, 'message' | 'isOwn' | 'canDelete' | 'actions' | 'onReply' | 'onEdit'>;

/** What can be done to a message; it shows while the message is pointed at or has the focus. */
export function MessageToolbar({ message, isOwn, canDelete, actions, onReply, onEdit }: Props) {
  const texts = useTexts();
  const [picker, setPicker] = useState<HTMLElement | null>(null);
  const [isDeleting, setDeleting] = useState(false);
  const { content } = message;

  const items: MenuItem[] = [];
  if (isOwn && message.type === 'TEXT')
    items.push({ label: texts.messages.edit, icon: 'edit', onSelect: () => onEdit(message) });
  if (content)
    items.push({
      label: texts.messages.copy,
      icon: 'copy',
      onSelect: () => void navigator.clipboard.writeText(content),
    });
  if (canDelete)
    items.push({ label: texts.messages.delete, icon: 'trash', danger: true, onSelect: () => setDeleting(true) });

  return (
    <div className={styles.toolbar}>
      <IconButton
        icon="smile"
        size={18}
        label={texts.messages.react}
        aria-haspopup="dialog"
        aria-expanded={picker !== null}
        onClick={(event) => setPicker(event.currentTarget)}
      />
      <IconButton icon="reply" size={18} label={texts.messages.reply} onClick={() => onReply(message)} />
      {items.length > 0 && <MenuButton label={texts.messages.actions} items={items} />}
      {picker && (
        <ReactionPicker
          anchor={picker}
          onClose={() => setPicker(null)}
          onPick={(emoji) => {
            setPicker(null);
            void actions.toggleReaction(message, emoji);
          }}
        />
      )}
      {isDeleting && (
        <Confirm
          title={texts.messages.deleteSure}
          action={texts.messages.delete}
          onCancel={() => setDeleting(false)}
          onConfirm={() => {
            setDeleting(false);
            void actions.remove(message);
          }}
        />
      )}
    </div>
  );
}
