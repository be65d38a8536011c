import { memo, useState } from 'react';
import type { ListedMessageFragment, MessageStatus } from '../gql/graphql.ts';
import { dateAndTime, dayTitle, time } from '../language/dates.ts';
import { useLanguage, useTexts } from '../language/language.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { hueOf } from '../ui/hue.ts';
import { classes } from '../ui/classes.ts';
import { Icon } from '../ui/Icon.tsx';
import type { Question } from './About.tsx';
import { Folded } from './Folded.tsx';
import { MessageBody } from './MessageBody.tsx';
import { MessageToolbar } from './MessageToolbar.tsx';
import type { MessageActions } from './message-actions.ts';
import { Quote } from './Quote.tsx';
import { Reactions } from './Reactions.tsx';
import type { MessageRow } from './rows.ts';
import { SystemLine } from './SystemLine.tsx';
import { Ticks } from './Ticks.tsx';
import styles from './Message.module.css';

interface MessageProps extends MessageRow {
  index: number;
  /** The number of messages, or -1 if the chat has more than are loaded. */
  setSize: number;
  isFirst: boolean;
  isOwn: boolean;
  isGroup: boolean;
  isActive: boolean;
  /** The viewer has blocked its author, in a group. */
  isOfBlocked: boolean;
  /** The first unread message: a line is shown above it. */
  startsUnread: boolean;
  /** The user was taken to this message a moment ago. */
  isMarked: boolean;
  status: MessageStatus;
  /** The message shows who has read it. */
  hasReceipts: boolean;
  canDelete: boolean;
  actions: MessageActions;
  onReply: (message: ListedMessageFragment) => void;
  onEdit: (message: ListedMessageFragment) => void;
  onGoTo: (id: string) => void;
  /** Called when the user wants to know who reacted, or who has read the message. */
  onAsk: (question: Question) => void;
  /** The names of the users that lines about the group concern. */
  names: ReadonlyMap<string, string>;
}

export const Message = memo(function Message(props: MessageProps) {
  const { message, index, isOwn, isGroup, startsDay, startsGroup, endsGroup } = props;
  const texts = useTexts();
  const language = useLanguage();
  const author = isOwn ? texts.you : message.author.displayName;
  const isSystem = message.type === 'SYSTEM';
  const [isShown, setShown] = useState(false);
  const isFolded = props.isOfBlocked && !isShown && !isSystem && !message.isDeleted;
  return (
    <>
      {props.isFirst && <p className={styles.beginning}>{texts.messages.beginning}</p>}
      {startsDay && (
        <p className={styles.day}>
          <span>{dayTitle(language, texts, message.createdAt)}</span>
        </p>
      )}
      {props.startsUnread && (
        <p className={styles.unread}>
          <span>{texts.messages.unreadLine}</span>
        </p>
      )}
      <article
        className={classes(
          styles.message,
          isOwn && !isSystem && styles.own,
          startsGroup && styles.start,
          endsGroup && styles.end,
          isSystem && styles.system,
          props.isMarked && styles.marked,
        )}
        data-id={message.id}
        data-index={index}
        aria-posinset={index + 1}
        aria-setsize={props.setSize}
        tabIndex={props.isActive ? 0 : -1}
        aria-label={`${author}, ${dateAndTime(language, message.createdAt)}`}
      >
        {isGroup && !isOwn && !isSystem && (
          <div className={styles.avatar}>
            {startsGroup && <Avatar id={message.author.id} name={message.author.displayName} size="small" />}
          </div>
        )}
        <div className={styles.column}>
          {isGroup && !isOwn && startsGroup && !isSystem && (
            <p className={styles.author} style={hueOf(message.author.id)} dir="auto">
              {message.author.displayName}
            </p>
          )}
          {isFolded ? (
            <Folded onShow={() => setShown(true)} />
          ) : (
            <div className={classes(styles.bubble, message.isDeleted && styles.deleted)}>
              {message.replyTo && !message.isDeleted && <Quote message={message.replyTo} onGoTo={props.onGoTo} />}
              <div className={styles.content} dir="auto">
                {isSystem ? <SystemLine message={message} names={props.names} /> : <MessageBody message={message} />}
                <span className={styles.meta}>
                  {message.updatedAt && !message.isDeleted && <span>{texts.messages.edited}</span>}
                  <time dateTime={message.createdAt} title={dateAndTime(language, message.createdAt)}>
                    {time(language, message.createdAt)}
                  </time>
                  {isOwn && !message.isDeleted && !isSystem && <Ticks status={props.status} />}
                </span>
              </div>
              {!message.isDeleted && !isSystem && <MessageToolbar {...props} />}
            </div>
          )}
          {message.reactionGroups.length > 0 && !isFolded && (
            <Reactions
              message={message}
              isActive={props.isActive}
              onToggle={props.actions.toggleReaction}
              onAsk={(emoji) => props.onAsk({ about: 'reactions', message, emoji })}
            />
          )}
        </div>
        {props.isActive && !message.isDeleted && !isSystem && !isFolded && (
          <span className={styles.hint}>
            <Icon name="more" size={18} />
          </span>
        )}
      </article>
    </>
  );
});
