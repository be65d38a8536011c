import type { ListedMessageFragment } from '../gql/graphql.ts';
import { useTexts } from '../language/language.ts';
import { IconButton } from '../ui/Button.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Sentence } from '../ui/Sentence.tsx';
import { messageWords } from './message-words.ts';
import styles from './Composer.module.css';

interface Props {
  kind: 'reply' | 'edit';
  message: ListedMessageFragment;
  onCancel: () => void;
}

/** Says above the field which message is edited or replied to. */
export function ComposerAbout({ kind, message, onCancel }: Props) {
  const texts = useTexts();
  const isEdit = kind === 'edit';
  return (
    <div className={styles.about}>
      <Icon name={isEdit ? 'edit' : 'reply'} size={18} />
      <p>
        <strong>
          <Sentence text={isEdit ? texts.composer.editing : texts.composer.replyingTo(message.author.displayName)} />
        </strong>
        <span dir="auto">{messageWords(message, texts)}</span>
      </p>
      <IconButton
        icon="close"
        size={18}
        label={isEdit ? texts.composer.cancelEdit : texts.composer.cancelReply}
        onClick={onCancel}
      />
    </div>
  );
}
