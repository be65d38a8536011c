import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react';
import { partner } from '../chats/chat-title.ts';
import type { ChatRole } from '../gql/graphql.ts';
import { longDate } from '../language/dates.ts';
import { useLanguage, useTexts } from '../language/language.ts';
import { Link } from '../Link.tsx';
import { useViewer } from '../parley.ts';
import { useBlocking } from '../people/use-blocking.tsx';
import { navigate, paths } from '../router.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Button, IconButton } from '../ui/Button.tsx';
import { Confirm } from '../ui/Dialog.tsx';
import { Icon } from '../ui/Icon.tsx';
import { AddPeople } from './AddPeople.tsx';
import { useChatActions } from './chat-actions.ts';
import type { ChatHead } from './chat-head.ts';
import { Members } from './Members.tsx';
import { Rename } from './Rename.tsx';
import { canDeleteChat, canLeave, canManageGroup } from './rights.ts';
import styles from './Details.module.css';

type Ending = 'leave' | 'delete';

/** Shows the members of the chat, and what the user may do with the chat. */
export function Details({ chat, title, role }: { chat: ChatHead; title: string; role: ChatRole | undefined }) {
  const texts = useTexts();
  const language = useLanguage();
  const viewer = useViewer();
  const actions = useChatActions(chat.id);
  const [isRenaming, setRenaming] = useState(false);
  const [isAdding, setAdding] = useState(false);
  const [ending, setEnding] = useState<Ending | null>(null);
  const other = partner(chat, viewer);
  const blocking = useBlocking();
  const mayManage = canManageGroup(chat.kind, role);
  const surface = useRef<HTMLElement>(null);
  const renameButton = useRef<HTMLButtonElement>(null);
  const addButton = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef({ renaming: false, adding: false });

  useEffect(() => surface.current?.focus(), []);

  // When a form closes, the focus returns to the element that opened it.
  useLayoutEffect(() => {
    if (wasOpen.current.renaming && !isRenaming) renameButton.current?.focus();
    if (wasOpen.current.adding && !isAdding) addButton.current?.focus();
    wasOpen.current = { renaming: isRenaming, adding: isAdding };
  }, [isRenaming, isAdding]);

  function press(event: KeyboardEvent) {
    const isInside = event.target instanceof Element && event.target.closest('[popover], dialog, form, input') !== null;
    if (event.key === 'Escape' && !isInside) navigate(paths.chat(chat.id));
  }

  function end(how: Ending) {
    setEnding(null);
    void (how === 'leave' ? actions.removeMember(viewer.id) : actions.remove());
  }

  return (
    <aside ref={surface} className={styles.details} aria-label={texts.details.title} tabIndex={-1} onKeyDown={press}>
      <header className={styles.header}>
        <h2>{texts.details.title}</h2>
        <Link href={paths.chat(chat.id)} className={styles.close} aria-label={texts.close} title={texts.close}>
          <Icon name="close" />
        </Link>
      </header>
      <div className={styles.body}>
        <div className={styles.about}>
          <Avatar id={other?.id ?? chat.id} name={title} size="large" square={!other} />
          {isRenaming ? (
            <Rename
              title={chat.title ?? ''}
              onCancel={() => setRenaming(false)}
              onSave={async (next) => {
                if (await actions.rename(next)) setRenaming(false);
              }}
            />
          ) : (
            <h3>
              <bdi>{title}</bdi>
              {mayManage && (
                <IconButton
                  ref={renameButton}
                  icon="edit"
                  size={18}
                  label={texts.details.rename}
                  onClick={() => setRenaming(true)}
                />
              )}
            </h3>
          )}
          <p>{other ? `@${other.username}` : texts.details.created(longDate(language, chat.createdAt))}</p>
        </div>
        {chat.kind === 'GROUP' && (
          <section>
            <div className={styles.sectionHead}>
              <h3>{texts.details.members}</h3>
              {mayManage && !isAdding && (
                <Button ref={addButton} onClick={() => setAdding(true)}>
                  <Icon name="plus" size={16} />
                  {texts.details.add}
                </Button>
              )}
            </div>
            {isAdding && <AddPeople chat={chat} onDone={() => setAdding(false)} />}
            <Members chat={chat} role={role} surface={surface} blocking={blocking} />
          </section>
        )}
        <div className={styles.endings}>
          {canLeave(chat.kind) && (
            <Button onClick={() => setEnding('leave')}>
              <Icon name="leave" size={18} />
              {texts.details.leave}
            </Button>
          )}
          {other && (
            <Button onClick={() => blocking.toggle(other)}>
              <Icon name="block" size={18} />
              {blocking.label(other.id)}
            </Button>
          )}
          {canDeleteChat(chat.kind, role) && (
            <Button className={styles.delete} onClick={() => setEnding('delete')}>
              <Icon name="trash" size={18} />
              {texts.details.delete}
            </Button>
          )}
        </div>
      </div>
      {blocking.question}
      {ending && (
        <Confirm
          title={ending === 'leave' ? texts.details.leaveSure : texts.details.deleteSure}
          text={ending === 'leave' ? texts.details.leaveText : texts.details.deleteText}
          action={ending === 'leave' ? texts.details.leave : texts.details.delete}
          onCancel={() => setEnding(null)}
          onConfirm={() => end(ending)}
        />
      )}
    </aside>
  );
}
