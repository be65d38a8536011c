import { useCallback, useEffect, useMemo, useRef } from 'react';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import { useConnection, useOutbox } from '../../client/react.ts';
import type { ChatHead } from '../chat/ChatScreen.tsx';
import type { MessageContentFragment } from '../gql/graphql.ts';
import { useTexts } from '../language/language.ts';
import { useSignedIn } from '../parley.ts';
import { Button } from '../ui/Button.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Spinner, State } from '../ui/State.tsx';
import { Arrivals } from './Arrivals.tsx';
import { Message } from './Message.tsx';
import { useMessageActions } from './message-actions.ts';
import { PendingMessage } from './PendingMessage.tsx';
import { messageRows } from './rows.ts';
import { useFollowing, useIsPrepended } from './use-following.ts';
import { useMessages } from './use-messages.ts';
import { useArrivedBelow, useSeen } from './use-reading.ts';
import { useRovingFocus } from './use-roving-focus.ts';
import styles from './MessageList.module.css';

/** How near to an end, in pixels, the next page is asked for. */
const nearEnd = 1200;

interface Props {
  chat: ChatHead;
  title: string;
  canDeleteAny: boolean;
  onReply: (message: MessageContentFragment) => void;
  onEdit: (message: MessageContentFragment) => void;
}

export function MessageList({ chat, title, canDeleteAny, onReply, onEdit }: Props) {
  const texts = useTexts();
  const { parley, viewer } = useSignedIn();
  const actions = useMessageActions();
  const { edges, hasOlder, hasNewer, isOverfull, asking, loadOlder, loadNewer, loadNewest, error, refetch } =
    useMessages(chat.id);
  const shown = useMemo(() => (edges ?? []).map(({ node }) => node), [edges]);
  const bubbles = useOutbox(parley, chat.id, shown);
  const rows = useMemo(() => messageRows(edges ?? []), [edges]);
  const items = useMemo(() => [...rows, ...bubbles], [rows, bubbles]);
  const count = items.length;

  const list = useRef<VirtualizerHandle>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const { isAtBottom, follow, toBottom } = useFollowing(list, count, hasNewer);
  const isPrepended = useIsPrepended(rows[0]?.message.id);
  const focus = useRovingFocus(scroller, list, rows);

  const newest = rows.at(-1)?.message.position ?? 0;
  useSeen(chat.id, newest, isAtBottom);
  const below = useArrivedBelow(rows, viewer.id, newest, isAtBottom);

  const fill = useCallback(() => {
    if (!scroller.current) return;
    const { scrollTop, scrollHeight, clientHeight } = scroller.current;
    if (hasOlder && scrollTop < nearEnd) void loadOlder();
    else if (hasNewer && scrollHeight - clientHeight - scrollTop < nearEnd) void loadNewer();
  }, [hasOlder, hasNewer, loadOlder, loadNewer]);
  const onScroll = useCallback(
    (offset: number) => {
      follow(offset);
      fill();
    },
    [follow, fill],
  );

  // What scrolling cannot ask for: a page that does not fill the window, and one that failed for want of a connection.
  const live = useConnection(parley);
  useEffect(() => {
    if (live === 'live') fill();
  }, [live, fill]);
  // And one whose turn came while another was asked for.
  useEffect(() => {
    if (asking === null) fill();
  }, [asking, fill]);

  // Who watches a busy chat from its end keeps only the end.
  useEffect(() => {
    if (isOverfull && isAtBottom) void loadNewest();
  }, [isOverfull, isAtBottom, loadNewest]);

  const toNewest = useCallback(async () => {
    if (hasNewer) await loadNewest();
    toBottom.now();
  }, [hasNewer, loadNewest, toBottom]);

  // Who sends wants to see it.
  useEffect(() => {
    if (bubbles.length > 0) void toNewest();
  }, [bubbles.length, toNewest]);

  const toMessage = useCallback(
    (id: string) => {
      const index = rows.findIndex(({ message }) => message.id === id);
      if (index >= 0) focus.moveTo(index, 'center');
    },
    [rows, focus],
  );

  if (!edges) {
    return (
      <div className={styles.frame}>
        {error ? (
          <State icon="alert" title={texts.chat.failed} text={texts.errors.network}>
            <Button onClick={() => void refetch()}>{texts.retry}</Button>
          </State>
        ) : (
          <div className={styles.loading}>
            <Spinner label={texts.loading} />
          </div>
        )}
      </div>
    );
  }

  return (
    <div className={styles.frame}>
      {asking === 'older' && (
        <div className={styles.older}>
          <Spinner label={texts.messages.loadingOlder} />
        </div>
      )}
      {count === 0 && <State icon="smile" title={texts.messages.empty} text={texts.messages.emptyText} />}
      <div
        ref={scroller}
        className={styles.scroller}
        role="feed"
        aria-label={texts.messages.list(title)}
        aria-busy={asking !== null && asking !== 'failed'}
        hidden={count === 0}
        onKeyDown={focus.onKeyDown}
      >
        <div className={styles.space} />
        <Virtualizer
          ref={list}
          scrollRef={scroller}
          data={items}
          shift={isPrepended}
          onScroll={onScroll}
          onResize={toBottom.ifFollowing}
          keepMounted={focus.keepMounted}
        >
          {(item, index) =>
            'input' in item ? (
              <PendingMessage key={item.key} bubble={item} />
            ) : (
              <Message
                key={item.message.id}
                {...item}
                index={index}
                isFirst={index === 0 && !hasOlder}
                isOwn={item.message.authorId === viewer.id}
                isGroup={chat.kind === 'GROUP'}
                isActive={focus.activeId === item.message.id}
                canDelete={canDeleteAny || item.message.authorId === viewer.id}
                actions={actions}
                onReply={onReply}
                onEdit={onEdit}
                onGoTo={toMessage}
              />
            )
          }
        </Virtualizer>
      </div>
      {!isAtBottom && count > 0 && (
        <button
          type="button"
          className={styles.toNewest}
          aria-label={texts.messages.toNewest}
          title={texts.messages.toNewest}
          onClick={() => void toNewest()}
        >
          {below > 0 && <span>{texts.messages.newBelow(below)}</span>}
          <Icon name="down" />
        </button>
      )}
      <Arrivals chatId={chat.id} />
    </div>
  );
}
