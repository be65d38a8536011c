import { useMutation } from '@apollo/client/react';
import { useEffect, useState, type SubmitEvent } from 'react';
import { limits } from '../../src/limits.ts';
import { CreateChatDocument, type UserNameFragment } from '../gql/graphql.ts';
import { useTexts } from '../language/language.ts';
import { Link } from '../Link.tsx';
import { useViewer } from '../parley.ts';
import { navigate, paths } from '../router.ts';
import { setPageTitle } from '../title.ts';
import { Button } from '../ui/Button.tsx';
import { Icon } from '../ui/Icon.tsx';
import { notify } from '../ui/notices.tsx';
import { TextField } from '../ui/TextField.tsx';
import { PeoplePicker } from './PeoplePicker.tsx';
import styles from './NewChat.module.css';

/** With one person chosen it creates a direct chat, with several a group. A group of one is possible too. */
export function NewChat() {
  const texts = useTexts();
  const viewer = useViewer();
  const [create, { loading }] = useMutation(CreateChatDocument);
  const [chosen, setChosen] = useState<UserNameFragment[]>([]);
  const [asGroup, setAsGroup] = useState(false);
  const [title, setTitle] = useState('');
  const isGroup = chosen.length > 1 || (chosen.length === 1 && asGroup);

  useEffect(() => {
    setPageTitle(texts.newChat.title);
  }, [texts]);

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    const memberIds = chosen.map(({ id }) => id);
    const input = isGroup
      ? { kind: 'GROUP' as const, title: title.trim(), memberIds }
      : { kind: 'DIRECT' as const, memberIds };
    try {
      const result = (await create({ variables: { input } })).data?.createChat;
      if (result?.__typename === 'Chat') navigate(paths.chat(result.id), { replace: true });
      else if (result) notify(result.code === 'FORBIDDEN' ? texts.people.refused : texts.errors[result.code]);
    } catch {
      notify(texts.errors.network);
    }
  }

  return (
    <form className={styles.page} onSubmit={(event) => void submit(event)}>
      <header className={styles.header}>
        <Link href={paths.chats} className={styles.back} aria-label={texts.back}>
          <Icon name="back" size={24} />
        </Link>
        <h1>{texts.newChat.title}</h1>
      </header>
      <div className={styles.body}>
        <p className={styles.hint}>{texts.newChat.hint}</p>
        <PeoplePicker chosen={chosen} onChange={setChosen} without={new Set([viewer.id])} />
      </div>
      {chosen.length > 0 && (
        <footer className={styles.footer}>
          {chosen.length === 1 && (
            <label className={styles.asGroup}>
              <input type="checkbox" checked={asGroup} onChange={(event) => setAsGroup(event.target.checked)} />
              {texts.newChat.asGroup}
            </label>
          )}
          {isGroup && (
            <TextField
              label={texts.newChat.groupName}
              value={title}
              maxLength={limits.chatTitle.characters}
              required
              onChange={(event) => setTitle(event.target.value)}
            />
          )}
          <Button type="submit" look="primary" busy={loading} disabled={isGroup && title.trim() === ''}>
            {isGroup ? texts.newChat.createGroup : texts.newChat.start}
          </Button>
        </footer>
      )}
    </form>
  );
}
