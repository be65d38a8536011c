import { memo } from 'react';
import type { MessageContentFragment } from '../gql/graphql.ts';
import { dateAndTime, dayTitle, time } from '../language/dates.ts';
import { useLanguage, useTexts } from '../language/language.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { hueOf } from '../ui/hue.ts';
import { classes } from '../ui/classes.ts';
import { Icon } from '../ui/Icon.tsx';
import { MessageBody } from './MessageBody.tsx';
import { MessageToolbar } from './MessageToolbar.tsx';
import type { useMessageActions } from './message-actions.ts';
import { Quote } from './Quote.tsx';
import { Reactions } from './Reactions.tsx';
import type { MessageRow } from './rows.ts';
import styles from './Message.module.css';

export interface MessageProps extends MessageRow {
  index: number;
  isFirst: boolean;
  isOwn: boolean;
  isGroup: boolean;
  isActive: boolean;
  canDelete: boolean;
  actions: ReturnType<typeof useMessageActions>;
  onReply: (message: MessageContentFragment) => void;
  onEdit: (message: MessageContentFragment) => void;
  onGoTo: (id: string) => void;
}

export const Message = memo(function Message(props: MessageProps) {
  const { message, index, isOwn, isGroup, startsDay, startsGroup, endsGroup } = props;
  const texts = useTexts();
  const language = useLanguage();
  const author = isOwn ? texts.you : message.author.displayName;
  const isSystem = message.type === 'SYSTEM';
  return (
    <>
      {props.isFirst && <p className={styles.beginning}>{texts.messages.beginning}</p>}
      {startsDay && (
        <p className={styles.day}>
          <span>{dayTitle(language, texts, message.createdAt)}</span>
        </p>
      )}
      <article
        className={classes(
          styles.message,
          isOwn && styles.own,
          startsGroup && styles.start,
          endsGroup && styles.end,
          isSystem && styles.system,
        )}
        data-id={message.id}
        data-index={index}
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
            <p className={styles.author} style={hueOf(message.author.id)}>
              {message.author.displayName}
            </p>
          )}
          <div className={classes(styles.bubble, message.isDeleted && styles.deleted)}>
            {message.replyTo && !message.isDeleted && <Quote message={message.replyTo} onGoTo={props.onGoTo} />}
            <MessageBody message={message} />
            <span className={styles.meta}>
              {message.updatedAt && !message.isDeleted && <span>{texts.messages.edited}</span>}
              <time dateTime={message.createdAt} title={dateAndTime(language, message.createdAt)}>
                {time(language, message.createdAt)}
              </time>
              {isOwn && !message.isDeleted && <Icon name="check" size={14} />}
            </span>
            {!message.isDeleted && !isSystem && <MessageToolbar {...props} />}
          </div>
          {message.reactions.length > 0 && (
            <Reactions message={message} isActive={props.isActive} onToggle={props.actions.toggleReaction} />
          )}
        </div>
      </article>
    </>
  );
});
