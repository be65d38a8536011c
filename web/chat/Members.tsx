import { useMemo, useRef, useState, type RefObject } from 'react';
import type { ChatRole } from '../gql/graphql.ts';
import { useLanguage, useTexts } from '../language/language.ts';
import { useViewer } from '../parley.ts';
import type { Blocking } from '../people/use-blocking.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import { Confirm } from '../ui/Dialog.tsx';
import { MenuButton, type MenuItem } from '../ui/Menu.tsx';
import { useChatActions } from './chat-actions.ts';
import type { ChatHead } from './chat-head.ts';
import { inOrder } from './member-order.ts';
import { canRemoveMember, canSetRoles, type Member } from './rights.ts';
import styles from './Members.module.css';

type Question = { kind: 'remove' | 'handOver'; member: Member };

interface Props {
  chat: ChatHead;
  role: ChatRole | undefined;
  /** The element that gets the focus when a member has been removed. */
  surface: RefObject<HTMLElement | null>;
  blocking: Blocking;
}

export function Members({ chat, role, surface, blocking }: Props) {
  const texts = useTexts();
  const language = useLanguage();
  const viewer = useViewer();
  const actions = useChatActions(chat.id);
  const [question, setQuestion] = useState<Question | null>(null);
  const isRemoved = useRef(false);
  const members = useMemo(
    () =>
      inOrder(
        chat.members.edges.map(({ node }) => node),
        language,
      ),
    [chat.members.edges, language],
  );

  function menu(member: Member): MenuItem[] {
    const { user } = member;
    const items: MenuItem[] = [];
    if (canSetRoles(chat.kind, role) && member.role !== 'OWNER') {
      const other = member.role === 'ADMIN' ? 'MEMBER' : 'ADMIN';
      const label = other === 'ADMIN' ? texts.details.makeAdmin : texts.details.makeMember;
      items.push({ label, icon: 'people', onSelect: () => void actions.setRole(user.id, other) });
      items.push({
        label: texts.details.handOver,
        icon: 'leave',
        onSelect: () => setQuestion({ kind: 'handOver', member }),
      });
    }
    items.push({ label: blocking.label(user.id), icon: 'block', onSelect: () => blocking.toggle(user) });
    if (canRemoveMember(chat.kind, role, member)) {
      items.push({
        label: texts.details.remove,
        icon: 'trash',
        danger: true,
        onSelect: () => setQuestion({ kind: 'remove', member }),
      });
    }
    return items;
  }

  function answer({ kind, member }: Question) {
    isRemoved.current = kind === 'remove';
    setQuestion(null);
    void (kind === 'remove' ? actions.removeMember(member.user.id) : actions.setRole(member.user.id, 'OWNER'));
  }

  return (
    <>
      <ul className={styles.members}>
        {members.map((member) => {
          const isViewer = member.user.id === viewer.id;
          const items = isViewer ? [] : menu(member);
          return (
            <li key={member.user.id}>
              <Avatar id={member.user.id} name={member.user.displayName} />
              <p>
                <strong dir="auto">{isViewer ? texts.you : member.user.displayName}</strong>
                <span>@{member.user.username}</span>
                {member.role !== 'MEMBER' && <span className={styles.role}>{texts.details.roles[member.role]}</span>}
              </p>
              {items.length > 0 && <MenuButton label={texts.details.manage(member.user.displayName)} items={items} />}
            </li>
          );
        })}
      </ul>
      {question && (
        <Confirm
          title={(question.kind === 'remove' ? texts.details.removeSure : texts.details.handOverSure)(
            question.member.user.displayName,
          )}
          text={question.kind === 'remove' ? texts.details.removeText : texts.details.handOverText}
          action={question.kind === 'remove' ? texts.details.remove : texts.details.handOver}
          onCancel={() => setQuestion(null)}
          returnTo={() => (isRemoved.current ? surface.current : null)}
          onConfirm={() => answer(question)}
        />
      )}
    </>
  );
}
