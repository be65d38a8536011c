import { useState } from 'react';
import type { UserNameFragment } from '../gql/graphql.ts';
import { useTexts } from '../language/language.ts';
import { PeoplePicker } from '../people/PeoplePicker.tsx';
import { Button } from '../ui/Button.tsx';
import { useChatActions } from './chat-actions.ts';
import type { ChatHead } from './chat-head.ts';
import styles from './Details.module.css';

export function AddPeople({ chat, onDone }: { chat: ChatHead; onDone: () => void }) {
  const texts = useTexts();
  const { addMembers } = useChatActions(chat.id);
  const [chosen, setChosen] = useState<UserNameFragment[]>([]);
  const [isBusy, setBusy] = useState(false);
  const members = new Set(chat.members.edges.map(({ node }) => node.user.id));

  async function add() {
    setBusy(true);
    if (await addMembers(chosen.map(({ id }) => id))) onDone();
    else setBusy(false);
  }

  return (
    <div className={styles.add}>
      <PeoplePicker chosen={chosen} onChange={setChosen} without={members} />
      <div>
        <Button onClick={onDone}>{texts.cancel}</Button>
        <Button look="primary" busy={isBusy} disabled={chosen.length === 0} onClick={() => void add()}>
          {chosen.length === 0 ? texts.details.add : texts.details.addChosen(chosen.length)}
        </Button>
      </div>
    </div>
  );
}
