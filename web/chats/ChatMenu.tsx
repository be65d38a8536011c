import { useTexts } from '../language/language.ts';
import { Menu, type MenuItem } from '../ui/Menu.tsx';
import type { Keeping } from './use-keeping.ts';
import type { ListedChat } from './views.ts';

const hour = 60 * 60_000;
const durations = { hour, eightHours: 8 * hour, week: 7 * 24 * hour, always: null } as const;

export interface OpenMenu {
  anchor: HTMLElement;
  part: 'actions' | 'mute';
}

interface Props {
  chat: ListedChat;
  title: string;
  isUnread: boolean;
  isMuted: boolean;
  keeping: Keeping;
  menu: OpenMenu;
  onChange: (menu: OpenMenu | null) => void;
}

/** What one can do to a chat in the list, and for how long it may be muted. */
export function ChatMenu({ chat, title, isUnread, isMuted, keeping, menu, onChange }: Props) {
  const { chats: texts, messages } = useTexts();
  const { id, viewerState } = chat;
  const isPinned = viewerState?.isPinned === true;
  const isArchived = viewerState?.isArchived === true;

  /** The row leaves its place: the keyboard goes on from the next one. */
  const leaving = (work: () => Promise<unknown>) => () => {
    const row = menu.anchor.closest('li');
    (row?.nextElementSibling ?? row?.previousElementSibling)?.querySelector('a')?.focus();
    void work();
  };

  const actions: MenuItem[] = [
    {
      label: isUnread ? texts.markRead : messages.markUnread,
      icon: isUnread ? 'checks' : 'unread',
      onSelect: () => void keeping.setUnread(chat, !isUnread),
    },
    {
      label: isPinned ? texts.unpin : texts.pin,
      icon: 'pin',
      onSelect: leaving(() => keeping.setPinned(id, !isPinned)),
    },
    isMuted
      ? { label: texts.unmute, icon: 'bell', onSelect: () => void keeping.unmute(id) }
      : { label: texts.mute, icon: 'muted', onSelect: () => onChange({ ...menu, part: 'mute' }) },
    {
      label: isArchived ? texts.unarchive : texts.archive,
      icon: 'archive',
      onSelect: leaving(() => keeping.setArchived(id, !isArchived)),
    },
    { label: texts.hide, icon: 'hidden', onSelect: leaving(() => keeping.hide(id)) },
  ];
  const mute = Object.entries(durations).map(([name, time]): MenuItem => ({
    label: texts.muteFor[name as keyof typeof durations],
    icon: 'clock',
    onSelect: () => void keeping.mute(id, time),
  }));
  return (
    <Menu
      key={menu.part}
      anchor={menu.anchor}
      label={menu.part === 'mute' ? texts.mute : texts.actions(title)}
      items={menu.part === 'mute' ? mute : actions}
      onClose={() => onChange(null)}
    />
  );
}
