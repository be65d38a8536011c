import { useEffect, useId, useState } from 'react';
import type { ChatHead } from '../chat/chat-head.ts';
import { canMentionEveryone } from '../chat/rights.ts';
import { useTexts } from '../language/language.ts';
import { useViewer } from '../parley.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Icon } from '../ui/Icon.tsx';
import type { Mentionable } from './use-mentioning.ts';
import styles from './MentionPicker.module.css';

const most = 6;

interface Props {
  chat: ChatHead;
  query: string;
  /** The field in which the mention is typed. It keeps the focus. */
  field: HTMLTextAreaElement;
  onChoose: (whom: Mentionable) => void;
  onClose: () => void;
}

/** A list of the members whose name begins with what is typed: arrow keys and Enter choose one, and so does a press. */
export function MentionPicker({ chat, query, field, onChoose, onClose }: Props) {
  const texts = useTexts();
  const viewer = useViewer();
  const id = useId();
  const [active, setActive] = useState(0);
  const found = mentionables(chat, viewer.id, query, texts.mentions.everyone);
  const index = Math.min(active, found.length - 1);

  useEffect(() => setActive(0), [query]);

  useEffect(() => {
    if (found.length === 0) return;
    field.setAttribute('aria-autocomplete', 'list');
    field.setAttribute('aria-controls', id);
    field.setAttribute('aria-activedescendant', `${id}-${index}`);
    return () => {
      for (const name of ['aria-autocomplete', 'aria-controls', 'aria-activedescendant']) field.removeAttribute(name);
    };
  });

  // The list takes these keys from the field while it is shown.
  useEffect(() => {
    function press(event: KeyboardEvent) {
      const whom = found[index];
      if (!whom || event.isComposing) return;
      if (event.key === 'ArrowDown') setActive((index + 1) % found.length);
      else if (event.key === 'ArrowUp') setActive((index - 1 + found.length) % found.length);
      else if (event.key === 'Enter' || event.key === 'Tab') onChoose(whom);
      else if (event.key === 'Escape') onClose();
      else return;
      event.preventDefault();
      event.stopPropagation();
    }
    field.addEventListener('keydown', press);
    return () => field.removeEventListener('keydown', press);
  });

  if (found.length === 0) return null;
  return (
    <ul id={id} className={styles.list} role="listbox" aria-label={texts.mentions.choose}>
      {found.map((whom, at) => (
        <li
          key={'everyone' in whom ? 'everyone' : whom.id}
          id={`${id}-${at}`}
          role="option"
          aria-selected={at === index}
          // The field keeps the focus, and a phone its keyboard.
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onChoose(whom)}
        >
          {'everyone' in whom ? (
            <>
              <Icon name="people" size={22} />
              <span>
                <strong>@{whom.everyone}</strong> <span>{texts.mentions.everyoneText}</span>
              </span>
            </>
          ) : (
            <>
              <Avatar id={whom.id} name={whom.displayName} size="small" />
              <span>
                <strong dir="auto">{whom.displayName}</strong> <span>@{whom.username}</span>
              </span>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

function mentionables(chat: ChatHead, viewerId: string, query: string, everyone: string): Mentionable[] {
  const start = query.toLocaleLowerCase();
  const begins = (name: string) =>
    name
      .toLocaleLowerCase()
      .split(/\s+/)
      .some((word) => word.startsWith(start));
  const members = chat.members.edges.map(({ node }) => node);
  const role = members.find(({ user }) => user.id === viewerId)?.role;
  const users = members
    .map(({ user }) => user)
    .filter(({ id, username, displayName }) => id !== viewerId && (begins(username) || begins(displayName)));
  const mayMentionAll = chat.kind === 'GROUP' && canMentionEveryone(role, chat.memberCount) && begins(everyone);
  return [...users.slice(0, most), ...(mayMentionAll ? [{ everyone }] : [])];
}
