import { readersOf } from '@parley/client';
import { useReadReceipts } from '@parley/client/react';
import type { ListedMessageFragment } from '../gql/graphql.ts';
import { useTexts } from '../language/language.ts';
import { useParley } from '../parley.ts';
import { NameList } from '../people/NameList.tsx';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Spinner } from '../ui/State.tsx';
import styles from './WhoRead.module.css';

/** The users who have read a message, and those to whom it was delivered. It is updated while it is open. */
export function WhoRead({ message, onClose }: { message: ListedMessageFragment; onClose: () => void }) {
  const texts = useTexts();
  const receipts = useReadReceipts(useParley(), message.chatId);
  const readers = readersOf(message, receipts ?? []);
  const reached = (receipts ?? []).filter(
    (receipt) =>
      receipt.userId !== message.authorId &&
      receipt.deliveredPosition >= message.position &&
      !readers.includes(receipt),
  );
  return (
    <Dialog title={texts.messages.whoRead} onClose={onClose}>
      {!receipts && <Spinner label={texts.loading} />}
      {receipts && readers.length === 0 && <p className={styles.nobody}>{texts.messages.nobodyRead}</p>}
      {readers.length > 0 && <NameList label={texts.messages.whoRead} users={readers.map(({ user }) => user)} />}
      {reached.length > 0 && (
        <>
          <h3 className={styles.heading}>{texts.messages.status.DELIVERED}</h3>
          <NameList label={texts.messages.status.DELIVERED} users={reached.map(({ user }) => user)} />
        </>
      )}
      <Button onClick={onClose}>{texts.close}</Button>
    </Dialog>
  );
}
