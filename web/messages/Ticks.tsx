import type { MessageStatus } from '../gql/graphql.ts';
import { useTexts } from '../language/language.ts';
import { Icon } from '../ui/Icon.tsx';
import styles from './Ticks.module.css';

/** The status of an own message: one tick when it is stored, two when it is delivered, bright when it is read. */
export function Ticks({ status }: { status: MessageStatus }) {
  const texts = useTexts();
  return (
    <span className={styles.ticks} data-status={status} title={texts.messages.status[status]}>
      <Icon name={status === 'SENT' ? 'check' : 'checks'} size={15} />
      <span className="visually-hidden">{texts.messages.status[status]}</span>
    </span>
  );
}
