import {
  lazy,
  Suspense,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type SyntheticEvent,
} from 'react';
import { useDraft, useSendTyping } from '@parley/client/react';
import type { ListedMessageFragment } from '../gql/graphql.ts';
import { useTexts } from '../language/language.ts';
import { useParley } from '../parley.ts';
import { IconButton } from '../ui/Button.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Sentence } from '../ui/Sentence.tsx';
import { useDraftedReply } from './use-drafted-reply.ts';
import { messageWords } from './message-words.ts';
import { contentOf, excessOf } from './length.ts';
import { useMessageActions } from './message-actions.ts';
import { useFindLastOwn } from './use-messages.ts';
import styles from './Composer.module.css';

const DraftConflict = lazy(async () => ({ default: (await import('./DraftConflict.tsx')).DraftConflict }));

export type Draft = { kind: 'new' } | { kind: 'reply' | 'edit'; message: ListedMessageFragment };

interface Props {
  chatId: string;
  title: string;
  draft: Draft;
  onDone: () => void;
  onReply: (message: ListedMessageFragment) => void;
  onEdit: (message: ListedMessageFragment) => void;
}

export function Composer({ chatId, title, draft, onDone, onReply, onEdit }: Props) {
  const texts = useTexts();
  const parley = useParley();
  const { outbox, drafts } = parley;
  const sendTyping = useSendTyping(parley, chatId);
  const { edit } = useMessageActions();
  const findLastOwn = useFindLastOwn(chatId);
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const begun = useDraft(parley, chatId);
  const [edited, setEdited] = useState('');
  const isEdit = draft.kind === 'edit';
  const text = isEdit ? edited : begun.content;
  const excess = excessOf(text);
  const isTooLong = excess.characters > 0 || excess.bytes > 0;

  function write(value: string) {
    if (isEdit) return setEdited(value);
    sendTyping(value.trim() !== '');
    drafts.set(chatId, value, draft.kind === 'reply' ? draft.message.id : undefined);
  }

  useDraftedReply(begun.replyToId, draft, onReply);

  useEffect(() => {
    if (draft.kind === 'edit') setEdited(draft.message.content ?? '');
    if (draft.kind !== 'new') field.current?.focus();
  }, [draft]);

  useLayoutEffect(() => {
    if (field.current) fit(field.current);
  }, [text]);

  function submit(event?: SyntheticEvent) {
    event?.preventDefault();
    const content = contentOf(text);
    if (!content || isTooLong) return;
    if (isEdit) {
      if (content !== draft.message.content) void edit(draft.message, content);
    } else {
      void outbox.send({ chatId, content, ...(draft.kind === 'reply' ? { replyToId: draft.message.id } : {}) });
      drafts.set(chatId, '');
    }
    finish();
  }

  function cancel() {
    if (draft.kind === 'reply' && text !== '') drafts.set(chatId, text, null);
    finish();
  }

  function finish() {
    onDone();
    field.current?.focus();
  }

  function press(event: KeyboardEvent<HTMLTextAreaElement>) {
    // While an input method composes a word, Enter selects it. In Safari the composition has ended by then, and the key
    // code is 229.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (event.key === 'Enter' && !event.shiftKey && !matchMedia('(pointer: coarse)').matches) submit(event);
    else if (event.key === 'Escape' && draft.kind !== 'new') cancel();
    else if (event.key === 'ArrowUp' && draft.kind === 'new' && text === '') {
      const message = findLastOwn();
      if (!message) return;
      event.preventDefault();
      onEdit(message);
    }
  }

  return (
    <form className={styles.composer} onSubmit={submit}>
      {!isEdit && begun.conflict && (
        <Suspense>
          <DraftConflict chatId={chatId} begun={begun} other={begun.conflict.content} />
        </Suspense>
      )}
      {draft.kind !== 'new' && (
        <div className={styles.about}>
          <Icon name={isEdit ? 'edit' : 'reply'} size={18} />
          <p>
            <strong>
              <Sentence
                text={isEdit ? texts.composer.editing : texts.composer.replyingTo(draft.message.author.displayName)}
              />
            </strong>
            <span dir="auto">{messageWords(draft.message, texts)}</span>
          </p>
          <IconButton
            icon="close"
            size={18}
            label={isEdit ? texts.composer.cancelEdit : texts.composer.cancelReply}
            onClick={cancel}
          />
        </div>
      )}
      <div className={styles.row}>
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          value={text}
          aria-label={texts.composer.label(title)}
          placeholder={texts.composer.placeholder}
          onChange={(event) => write(event.target.value)}
          onKeyDown={press}
          onBlur={() => drafts.save(chatId)}
          aria-invalid={isTooLong}
          aria-describedby={isTooLong ? `${id}-excess` : undefined}
          autoFocus={matchMedia('(pointer: fine)').matches}
        />
        <button
          type="submit"
          className={styles.send}
          disabled={!text.trim() || isTooLong}
          aria-label={isEdit ? texts.save : texts.composer.send}
          title={isEdit ? texts.save : texts.composer.send}
        >
          <Icon name={isEdit ? 'check' : 'send'} />
        </button>
      </div>
      {!isEdit && begun.error && (
        <p className={styles.note} role="status">
          {texts.composer.draftNotKept}
        </p>
      )}
      {isTooLong && (
        <p id={`${id}-excess`} className={styles.excess} role="alert">
          {excess.characters > 0 ? texts.composer.tooLong(excess.characters) : texts.composer.tooBig}
        </p>
      )}
    </form>
  );
}

/** Makes the field as high as its text. The stylesheet limits the height. */
function fit(field: HTMLTextAreaElement): void {
  field.style.height = 'auto';
  field.style.height = `${field.scrollHeight}px`;
}
