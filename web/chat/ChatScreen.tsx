import { useQuery } from '@apollo/client/react';
import { lazy, useEffect, useRef, useState } from 'react';
import { chatTitle, partner } from '../chats/chat-title.ts';
import { ChatHeadDocument, type ListedMessageFragment } from '../gql/graphql.ts';
import { useTexts } from '../language/language.ts';
import { Link } from '../Link.tsx';
import { Composer } from '../messages/Composer.tsx';
import type { Draft } from '../messages/draft.ts';
import { MessageList } from '../messages/MessageList.tsx';
import { useSignedIn } from '../parley.ts';
import { useBlockedIds } from '../people/use-blocks.ts';
import { navigate, paths } from '../router.ts';
import { setPageTitle } from '../title.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Button, ButtonLink } from '../ui/Button.tsx';
import { Icon } from '../ui/Icon.tsx';
import { OnDemand } from '../ui/OnDemand.tsx';
import { Spinner, State } from '../ui/State.tsx';
import { useRetry } from '../use-retry.ts';
import { BlockedBar } from './BlockedBar.tsx';
import type { ChatHead } from './chat-head.ts';
import { About } from './About.tsx';
import { canDeleteOthersMessages } from './rights.ts';
import styles from './ChatScreen.module.css';

const Details = lazy(async () => ({ default: (await import('./Details.tsx')).Details }));

interface Place {
  details: boolean;
  messageId: string | null;
}

export function ChatScreen({ chatId, ...place }: Place & { chatId: string }) {
  const texts = useTexts();
  const { data, error, refetch } = useQuery(ChatHeadDocument, { variables: { chatId } });
  useRetry(error, refetch);

  if (data?.chat) return <OpenChat chat={data.chat} {...place} />;
  if (data) {
    return (
      <State icon="chat" title={texts.chat.missing} text={texts.chat.missingText}>
        <ButtonLink href={paths.chats}>{texts.chat.toChats}</ButtonLink>
      </State>
    );
  }
  if (error) {
    return (
      <State icon="alert" title={texts.chat.failed} text={texts.errors.network}>
        <Button onClick={() => void refetch()}>{texts.retry}</Button>
      </State>
    );
  }
  return (
    <div className={styles.loading}>
      <Spinner label={texts.loading} />
    </div>
  );
}

function OpenChat({ chat, details, messageId }: Place & { chat: ChatHead }) {
  const texts = useTexts();
  const { viewer, titles } = useSignedIn();
  const [draft, setDraft] = useState<Draft>({ kind: 'new' });
  const title = chatTitle(chat, viewer, texts);
  const other = partner(chat, viewer);
  const blocked = useBlockedIds();
  const role = chat.members.edges.find(({ node }) => node.user.id === viewer.id)?.node.role;

  useEffect(() => {
    setPageTitle(title);
    titles.set(chat.id, title);
  }, [chat.id, title, titles]);

  return (
    <div className={styles.screen} data-details={details}>
      <section className={styles.chat} aria-label={title}>
        <Header chat={chat} title={title} showDetails={details} />
        <MessageList
          chat={chat}
          title={title}
          messageId={messageId}
          canDeleteAny={canDeleteOthersMessages(role)}
          onReply={(message: ListedMessageFragment) => setDraft({ kind: 'reply', message })}
          onEdit={(message: ListedMessageFragment) => setDraft({ kind: 'edit', message })}
        />
        {other && blocked.has(other.id) ? (
          <BlockedBar user={other} />
        ) : (
          <Composer
            chat={chat}
            title={title}
            draft={draft}
            onReply={(message) => setDraft({ kind: 'reply', message })}
            onDone={() => setDraft({ kind: 'new' })}
            onEdit={(message) => setDraft({ kind: 'edit', message })}
          />
        )}
      </section>
      {details && (
        <OnDemand>
          <Details chat={chat} title={title} role={role} />
        </OnDemand>
      )}
    </div>
  );
}

function Header({ chat, title, showDetails }: { chat: ChatHead; title: string; showDetails: boolean }) {
  const texts = useTexts();
  const { viewer } = useSignedIn();
  const toggle = useRef<HTMLButtonElement>(null);
  const wasShown = useRef(showDetails);
  const other = partner(chat, viewer);

  // When the details close, the focus returns to the button that opens them.
  useEffect(() => {
    if (wasShown.current && !showDetails && document.activeElement === document.body) toggle.current?.focus();
    wasShown.current = showDetails;
  }, [showDetails]);

  return (
    <header className={styles.header}>
      <Link href={paths.chats} className={styles.back} aria-label={texts.back}>
        <Icon name="back" size={24} />
      </Link>
      <Avatar id={other?.id ?? chat.id} name={title} square={!other} />
      <div className={styles.names}>
        <h1 dir="auto">{title}</h1>
        <About chat={chat} />
      </div>
      <button
        ref={toggle}
        type="button"
        onClick={() => navigate(showDetails ? paths.chat(chat.id) : paths.details(chat.id))}
        className={styles.toggle}
        aria-label={texts.chat.details}
        title={texts.chat.details}
        aria-expanded={showDetails}
      >
        <Icon name="info" />
      </button>
    </header>
  );
}
