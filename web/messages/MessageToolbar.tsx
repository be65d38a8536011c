import { useRef, useState } from 'react';
import type { ListedMessageFragment } from '../gql/graphql.ts';
import { useTexts } from '../language/language.ts';
import { paths } from '../router.ts';
import { IconButton } from '../ui/Button.tsx';
import { classes } from '../ui/classes.ts';
import { Confirm } from '../ui/Dialog.tsx';
import { MenuButton, type MenuItem } from '../ui/Menu.tsx';
import { notify } from '../ui/notices.tsx';
import type { Question } from './About.tsx';
import type { MessageActions } from './message-actions.ts';
import { ReactionPicker } from './ReactionPicker.tsx';
import styles from './MessageToolbar.module.css';

interface Props {
  message: ListedMessageFragment;
  isOwn: boolean;
  isGroup: boolean;
  hasReceipts: boolean;
  canDelete: boolean;
  actions: MessageActions;
  onReply: (message: ListedMessageFragment) => void;
  onEdit: (message: ListedMessageFragment) => void;
  onAsk: (question: Question) => void;
}

/** The actions on a message. They are shown while the message is hovered or has the focus. */
export function MessageToolbar(props: Props) {
  const { message, isOwn, isGroup, hasReceipts, canDelete, actions, onReply, onEdit, onAsk } = props;
  const texts = useTexts();
  const [picker, setPicker] = useState<HTMLElement | null>(null);
  const [isDeleting, setDeleting] = useState(false);
  const toolbar = useRef<HTMLDivElement>(null);
  const isDeleted = useRef(false);
  const { content } = message;

  // Without a notice the user would not see that the text was copied.
  const copy = (text: string) => void navigator.clipboard.writeText(text).then(() => notify(texts.messages.copied));

  const items: MenuItem[] = [];
  if (isOwn && message.type === 'TEXT')
    items.push({ label: texts.messages.edit, icon: 'edit', onSelect: () => onEdit(message) });
  if (content)
    items.push({
      label: texts.messages.copy,
      icon: 'copy',
      onSelect: () => copy(content),
    });
  items.push({
    label: texts.messages.copyLink,
    icon: 'link',
    onSelect: () => copy(location.origin + paths.message(message.chatId, message.id)),
  });
  if (!isOwn)
    items.push({
      label: texts.messages.markUnread,
      icon: 'unread',
      onSelect: () => void actions.markUnread(message),
    });
  if (isOwn && isGroup && hasReceipts)
    items.push({ label: texts.messages.whoRead, icon: 'eye', onSelect: () => onAsk({ about: 'readers', message }) });
  if (message.reactionGroups.length > 0)
    items.push({
      label: texts.messages.whoReacted,
      icon: 'people',
      onSelect: () => onAsk({ about: 'reactions', message, emoji: null }),
    });
  if (canDelete)
    items.push({ label: texts.messages.delete, icon: 'trash', danger: true, onSelect: () => setDeleting(true) });

  return (
    <div ref={toolbar} className={classes(styles.toolbar, isOwn && styles.own)}>
      <IconButton
        icon="smile"
        size={18}
        label={texts.messages.react}
        aria-haspopup="dialog"
        aria-expanded={picker !== null}
        onClick={(event) => setPicker(event.currentTarget)}
      />
      <IconButton icon="reply" size={18} label={texts.messages.reply} onClick={() => onReply(message)} />
      <MenuButton label={texts.messages.actions} items={items} />
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
          // A deleted message has no toolbar, so the message itself gets the focus.
          returnTo={() => (isDeleted.current ? toolbar.current?.closest('article') : null)}
          onConfirm={() => {
            isDeleted.current = true;
            setDeleting(false);
            void actions.remove(message);
          }}
        />
      )}
    </div>
  );
}
