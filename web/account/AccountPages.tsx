import { useEffect, useRef, type ComponentType } from 'react';
import { Link } from '../Link.tsx';
import { useTexts } from '../language/language.ts';
import { paths, sections, type Section } from '../router.ts';
import { setPageTitle } from '../title.ts';
import { Icon, type IconName } from '../ui/Icon.tsx';
import { BlockedPeople } from './BlockedPeople.tsx';
import { DeleteAccount } from './DeleteAccount.tsx';
import { Password } from './Password.tsx';
import { Privacy } from './Privacy.tsx';
import { Profile } from './Profile.tsx';
import { Sessions } from './Sessions.tsx';
import { useAccountTexts } from './texts.ts';
import styles from './AccountPages.module.css';

const pages: Record<Section, { icon: IconName; Content: ComponentType }> = {
  profile: { icon: 'edit', Content: Profile },
  sessions: { icon: 'clock', Content: Sessions },
  password: { icon: 'check', Content: Password },
  privacy: { icon: 'eye', Content: Privacy },
  blocked: { icon: 'people', Content: BlockedPeople },
  delete: { icon: 'trash', Content: DeleteAccount },
};

/** The pages about the user's account: the list of them, or one of them. */
export function AccountPages({ section }: { section: Section | null }) {
  const texts = useTexts();
  const account = useAccountTexts();
  const heading = useRef<HTMLHeadingElement>(null);
  const title = section ? account.sections[section].title : account.title;
  const { Content } = section ? pages[section] : { Content: Overview };

  useEffect(() => setPageTitle(title), [title]);
  // The link to this page has been removed with its page or popover, so the heading gets the focus.
  useEffect(() => heading.current?.focus(), [section]);

  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <Link
          href={section ? paths.settings : paths.chats}
          className={section ? styles.back : styles.toChats}
          aria-label={texts.back}
          title={texts.back}
        >
          <Icon name="back" size={24} />
        </Link>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
      </header>
      <div className={styles.body}>
        <Content key={section} />
      </div>
    </div>
  );
}

function Overview() {
  const texts = useAccountTexts();
  return (
    <ul className={styles.sections}>
      {sections.map((section) => (
        <li key={section}>
          <Link href={paths.section(section)}>
            <Icon name={pages[section].icon} />
            <span>
              <strong>{texts.sections[section].title}</strong>
              <span>{texts.sections[section].text}</span>
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
