import { useEffect, useId, useLayoutEffect, useRef, useState, type FormEvent, type KeyboardEvent } from 'react';
import { limits } from '../../src/limits.ts';
import { messageWords } from '../chats/ChatRow.tsx';
import type { MessageContentFragment } from '../gql/graphql.ts';
import { useTexts } from '../language/language.ts';
import { useSignedIn } from '../parley.ts';
import { IconButton } from '../ui/Button.tsx';
import { Icon } from '../ui/Icon.tsx';
import { useMessageActions } from './message-actions.ts';
import { useFindLastOwn } from './use-messages.ts';
import styles from './Composer.module.css';

export type Draft = { kind: 'new' } | { kind: 'reply' | 'edit'; message: MessageContentFragment };

interface Props {
  chatId: string;
  title: string;
  draft: Draft;
  onDone: () => void;
  onEdit: (message: MessageContentFragment) => void;
}

export function Composer({ chatId, title, draft, onDone, onEdit }: Props) {
  const texts = useTexts();
  const { parley, drafts } = useSignedIn();
  const { edit } = useMessageActions();
  const findLastOwn = useFindLastOwn(chatId);
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const [unsent, setUnsent] = useState(() => drafts.get(chatId) ?? '');
  const [edited, setEdited] = useState('');
  const isEdit = draft.kind === 'edit';
  const text = isEdit ? edited : unsent;
  const excess = excessOf(text);

  function write(value: string) {
    if (isEdit) return setEdited(value);
    drafts.set(chatId, value);
    setUnsent(value);
  }

  useEffect(() => {
    if (draft.kind === 'edit') setEdited(draft.message.content ?? '');
    if (draft.kind !== 'new') field.current?.focus();
  }, [draft]);

  useLayoutEffect(() => {
    if (field.current) fit(field.current);
  }, [text]);

  function submit(event?: FormEvent) {
    event?.preventDefault();
    const content = text.trim();
    if (!content || excess > 0) return;
    if (isEdit) {
      if (content !== draft.message.content) void edit(draft.message, content);
    } else {
      void parley.outbox.send({ chatId, content, ...(draft.kind === 'reply' ? { replyToId: draft.message.id } : {}) });
      write('');
    }
    onDone();
    field.current?.focus();
  }

  function press(event: KeyboardEvent<HTMLTextAreaElement>) {
    // While an input method composes, Enter chooses a word.
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey && !matchMedia('(pointer: coarse)').matches) submit(event);
    else if (event.key === 'Escape' && draft.kind !== 'new') onDone();
    else if (event.key === 'ArrowUp' && draft.kind === 'new' && text === '') {
      const message = findLastOwn();
      if (!message) return;
      event.preventDefault();
      onEdit(message);
    }
  }

  return (
    <form className={styles.composer} onSubmit={submit}>
      {draft.kind !== 'new' && (
        <div className={styles.about}>
          <Icon name={isEdit ? 'edit' : 'reply'} size={18} />
          <p>
            <strong>
              {isEdit ? texts.composer.editing : texts.composer.replyingTo(draft.message.author.displayName)}
            </strong>
            <span>{messageWords(draft.message, texts)}</span>
          </p>
          <IconButton
            icon="close"
            size={18}
            label={isEdit ? texts.composer.cancelEdit : texts.composer.cancelReply}
            onClick={onDone}
          />
        </div>
      )}
      <div className={styles.row}>
        <textarea
          ref={field}
          rows={1}
          value={text}
          aria-label={texts.composer.label(title)}
          placeholder={texts.composer.placeholder}
          onChange={(event) => write(event.target.value)}
          onKeyDown={press}
          aria-invalid={excess > 0}
          aria-describedby={excess > 0 ? `${id}-excess` : undefined}
          autoFocus={matchMedia('(pointer: fine)').matches}
        />
        <button
          type="submit"
          className={styles.send}
          disabled={!text.trim() || excess > 0}
          aria-label={isEdit ? texts.save : texts.composer.send}
          title={isEdit ? texts.save : texts.composer.send}
        >
          <Icon name={isEdit ? 'check' : 'send'} />
        </button>
      </div>
      {excess > 0 && (
        <p id={`${id}-excess`} className={styles.excess} role="alert">
          {texts.composer.tooLong(excess)}
        </p>
      )}
    </form>
  );
}

const { characters } = limits.messageContent;

/** By how many characters, as people count them, a text is too long. */
function excessOf(text: string): number {
  // There are never more characters than code units: counting them can wait.
  if (text.length <= characters) return 0;
  return Math.max(0, [...new Intl.Segmenter().segment(text.trim())].length - characters);
}

/** The field is as high as its text; its style says how high at most. */
function fit(field: HTMLTextAreaElement): void {
  field.style.height = 'auto';
  field.style.height = `${field.scrollHeight}px`;
}
