import { useCallback, useEffect, useMemo, useRef } from 'react';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import { messageStatus } from '@parley/client';
import { useOutbox, useReadReceipts } from '@parley/client/react';
import type { ChatHead } from '../chat/chat-head.ts';
import type { ListedMessageFragment } from '../gql/graphql.ts';
import { useTexts } from '../language/language.ts';
import { useSignedIn } from '../parley.ts';
import { useBlockedIds } from '../people/use-blocks.ts';
import { Spinner, State } from '../ui/State.tsx';
import { useIsReachable } from '../use-online.ts';
import { useRetry } from '../use-retry.ts';
import { Arrivals } from './Arrivals.tsx';
import { anchorOf } from './goal.ts';
import { Message } from './Message.tsx';
import { useMessageActions } from './message-actions.ts';
import { useKeptPlace } from './kept-place.ts';
import { NoList } from './NoList.tsx';
import { PendingMessage } from './PendingMessage.tsx';
import { messageRows } from './rows.ts';
import { ToNewest } from './ToNewest.tsx';
import { useLineNames } from './use-line-names.ts';
import { useFollowing, useIsPrepended, useReplacements } from './use-following.ts';
import { useGoal } from './use-goal.ts';
import { useMessages } from './use-messages.ts';
import { useReading } from './use-reading.ts';
import { useQuestion } from './use-question.tsx';
import { useRovingFocus } from './use-roving-focus.ts';
import { useAddressed, useStart } from './use-start.ts';
import styles from './MessageList.module.css';

/** Distance from an end of the list, in pixels, at which the next page is loaded. */
const nearEnd = 1200;

interface Props {
  chat: ChatHead;
  title: string;
  /** The message that the address names. */
  messageId: string | null;
  canDeleteAny: boolean;
  onReply: (message: ListedMessageFragment) => void;
  onEdit: (message: ListedMessageFragment) => void;
}

export function MessageList({ chat, title, messageId, canDeleteAny, onReply, onEdit }: Props) {
  const texts = useTexts();
  const { parley, viewer } = useSignedIn();
  const actions = useMessageActions();
  const start = useStart(chat.id, messageId);
  const messages = useMessages(chat.id, start && anchorOf(start));
  const { edges, hasOlder, hasNewer, isOverfull, asking, loadOlder, loadNewer, loadNewest, error, refetch } = messages;
  const shown = useMemo(() => (edges ?? []).map(({ node }) => node), [edges]);
  const bubbles = useOutbox(parley, chat.id, shown);
  const rows = useMemo(() => messageRows(edges ?? []), [edges]);
  const items = useMemo(() => [...rows, ...bubbles], [rows, bubbles]);
  const count = items.length;
  const names = useLineNames(rows);
  const blocked = useBlockedIds();

  const list = useRef<VirtualizerHandle>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const isLed = useRef(start !== null);
  const view = { list, scroller, rows, isLoaded: edges !== undefined, hasOlder, hasNewer, isLed };
  const replacements = useReplacements(rows);
  const { isAtBottom, look, toBottom } = useFollowing({ ...view, count, replacements, startsAtEnd: start === null });
  useKeptPlace({ ...view, chatId: chat.id, isAtBottom });
  const isPrepended = useIsPrepended(rows[0]?.message.id);
  const focus = useRovingFocus(scroller, list, rows);

  const receipts = useReadReceipts(parley, chat.id);
  const { markSeen, unreadCount, firstUnreadId } = useReading({ ...view, chatId: chat.id, isAtBottom });

  const fill = useCallback(() => {
    if (!scroller.current || isLed.current) return;
    const { scrollTop, scrollHeight, clientHeight } = scroller.current;
    if (hasOlder && scrollTop < nearEnd) void loadOlder();
    else if (hasNewer && scrollHeight - clientHeight - scrollTop < nearEnd) void loadNewer();
  }, [hasOlder, hasNewer, loadOlder, loadNewer]);
  const onScroll = useCallback(() => {
    look();
    fill();
    markSeen();
  }, [look, fill, markSeen]);
  const { moveTo, settle, onKeyDown, keepMounted, activeId } = focus;
  const onArrived = useCallback(() => {
    settle();
    onScroll();
  }, [settle, onScroll]);

  const { isStartMissing, loadAround } = messages;
  const goal = { start, isStartMissing, loadAround, moveTo, leaveEnd: toBottom.leave, onArrived };
  const { leadTo, markedId } = useGoal({ ...view, ...goal });

  useAddressed(chat.id, messageId, leadTo);

  useRetry(error, refetch);

  // Scrolling does not load a page if the window is not full, or if the page failed because of the connection.
  const isReachable = useIsReachable();
  useEffect(() => {
    if (isReachable) fill();
  }, [isReachable, fill]);
  // A page that was wanted while another one was being loaded is loaded now.
  useEffect(() => {
    if (asking === null) fill();
  }, [asking, fill]);

  // A reader at the end of a busy chat keeps only its end.
  useEffect(() => {
    if (isOverfull && isAtBottom) void loadNewest();
  }, [isOverfull, isAtBottom, loadNewest]);

  const toNewest = useCallback(async () => {
    if (hasNewer) await loadNewest();
    toBottom.now();
  }, [hasNewer, loadNewest, toBottom]);

  // The list scrolls to a message that the user sends, but not to one that was unsent when the page was loaded.
  const newestBubble = bubbles.at(-1)?.key;
  const shownBubble = useRef(newestBubble);
  useEffect(() => {
    if (newestBubble !== undefined && newestBubble !== shownBubble.current) void toNewest();
    shownBubble.current = newestBubble;
  }, [newestBubble, toNewest]);

  const { ask, answer } = useQuestion();
  const goTo = useCallback((id: string) => leadTo({ to: 'message', messageId: id }), [leadTo]);

  if (!edges) return <NoList isFailed={error !== undefined} onRetry={() => void refetch()} />;
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
        onKeyDown={onKeyDown}
      >
        <div className={styles.space} />
        <Virtualizer
          key={replacements}
          ref={list}
          scrollRef={scroller}
          data={items}
          shift={isPrepended}
          onScroll={onScroll}
          onResize={toBottom.ifFollowing}
          keepMounted={keepMounted}
        >
          {(item, index) =>
            'input' in item ? (
              <PendingMessage key={item.key} bubble={item} />
            ) : (
              <Message
                key={item.message.id}
                {...item}
                index={index}
                setSize={hasOlder || hasNewer ? -1 : count}
                isFirst={index === 0 && !hasOlder}
                isOwn={item.message.authorId === viewer.id}
                isGroup={chat.kind === 'GROUP'}
                isActive={activeId === item.message.id}
                isOfBlocked={chat.kind === 'GROUP' && blocked.has(item.message.authorId)}
                startsUnread={firstUnreadId === item.message.id}
                status={receipts ? messageStatus(item.message, receipts) : item.message.status}
                hasReceipts={receipts !== undefined && receipts.length > 0}
                isMarked={markedId === item.message.id}
                canDelete={canDeleteAny || item.message.authorId === viewer.id}
                actions={actions}
                onReply={onReply}
                onEdit={onEdit}
                onGoTo={goTo}
                onAsk={ask}
                names={names}
              />
            )
          }
        </Virtualizer>
      </div>
      {!isAtBottom && count > 0 && <ToNewest arrived={unreadCount} onPress={() => void toNewest()} />}
      <Arrivals chatId={chat.id} blocked={blocked} />
      {answer}
    </div>
  );
}
