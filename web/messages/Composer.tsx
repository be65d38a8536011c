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
import type { ChatHead } from '../chat/chat-head.ts';
import type { ListedMessageFragment } from '../gql/graphql.ts';
import { useTexts } from '../language/language.ts';
import { mentionQuery, type MentionQuery } from '../mentions/mention-text.ts';
import { useMentioning, type Mentionable } from '../mentions/use-mentioning.ts';
import { useParley } from '../parley.ts';
import { Icon } from '../ui/Icon.tsx';
import { ComposerAbout } from './ComposerAbout.tsx';
import type { Draft } from './draft.ts';
import { useDraftedReply } from './use-drafted-reply.ts';
import { contentOf, excessOf } from './length.ts';
import { useMessageActions } from './message-actions.ts';
import { useFindLastOwn } from './use-messages.ts';
import styles from './Composer.module.css';

const MentionPicker = lazy(async () => ({ default: (await import('../mentions/MentionPicker.tsx')).MentionPicker }));
const DraftConflict = lazy(async () => ({ default: (await import('./DraftConflict.tsx')).DraftConflict }));

interface Props {
  chat: ChatHead;
  title: string;
  draft: Draft;
  onDone: () => void;
  onReply: (message: ListedMessageFragment) => void;
  onEdit: (message: ListedMessageFragment) => void;
}

export function Composer({ chat, title, draft, onDone, onReply, onEdit }: Props) {
  const chatId = chat.id;
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
  const mentioning = useMentioning(isEdit ? draft.message.id : chatId, isEdit ? draft.message : undefined);
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

  const caret = useRef<number>(null);
  useLayoutEffect(() => {
    if (field.current) fit(field.current);
    if (caret.current !== null) field.current?.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  }, [text]);

  function submit(event?: SyntheticEvent) {
    event?.preventDefault();
    const content = contentOf(text);
    if (!content || isTooLong) return;
    if (isEdit) {
      if (content !== draft.message.content) void edit(draft.message, content, mentioning.mentions(content));
    } else {
      const reply = draft.kind === 'reply' ? { replyToId: draft.message.id } : {};
      void outbox.send({ chatId, content, ...reply, ...mentioning.mentions(content) });
      drafts.set(chatId, '');
    }
    mentioning.forget();
    finish();
  }

  function chooseMention(query: MentionQuery, whom: Mentionable) {
    const next = mentioning.choose(text, query, whom);
    write(next.text);
    caret.current = next.caret;
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
      {draft.kind !== 'new' && <ComposerAbout kind={draft.kind} message={draft.message} onCancel={cancel} />}
      {mentioning.query && field.current && (
        <Suspense>
          <MentionPicker
            chat={chat}
            query={mentioning.query.text}
            field={field.current}
            onChoose={(whom) => mentioning.query && chooseMention(mentioning.query, whom)}
            onClose={() => mentioning.setQuery(null)}
          />
        </Suspense>
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
          onSelect={({ currentTarget: { value, selectionStart, selectionEnd } }) =>
            mentioning.setQuery(selectionStart === selectionEnd ? mentionQuery(value, selectionEnd) : null)
          }
          onBlur={() => {
            mentioning.setQuery(null);
            drafts.save(chatId);
          }}
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
