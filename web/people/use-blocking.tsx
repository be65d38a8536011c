import { useState, type ReactNode } from 'react';
import type { UserNameFragment } from '../gql/graphql.ts';
import { useTexts } from '../language/language.ts';
import { Confirm } from '../ui/Dialog.tsx';
import { useBlockedIds } from './use-blocks.ts';
import { useSetBlocked } from './use-set-blocked.ts';

export interface Blocking {
  blocked: ReadonlySet<string>;
  /** Blocks the person once the viewer has confirmed it, or unblocks them at once. */
  toggle: (user: UserNameFragment) => void;
  /** What the button says that does. */
  label: (userId: string) => string;
  question: ReactNode;
}

/** What it takes to block people where they are shown. */
export function useBlocking(): Blocking {
  const texts = useTexts().people;
  const blocked = useBlockedIds();
  const setBlocked = useSetBlocked();
  const [asked, setAsked] = useState<UserNameFragment | null>(null);
  return {
    blocked,
    toggle: (user) => (blocked.has(user.id) ? void setBlocked(user.id, false) : setAsked(user)),
    label: (userId) => (blocked.has(userId) ? texts.unblock : texts.block),
    question: asked && (
      <Confirm
        title={texts.blockSure(asked.displayName)}
        text={texts.blockText}
        action={texts.block}
        onCancel={() => setAsked(null)}
        onConfirm={() => {
          setAsked(null);
          void setBlocked(asked.id, true);
        }}
      />
    ),
  };
}
