import { useCallback, useState, type ReactNode } from 'react';
import { useTexts } from '../language/language.ts';
import { notify } from '../ui/notices.tsx';
import type { About, Question } from './About.tsx';

/** Who reacted to a message, and who has read it: the answers are loaded when somebody asks. */
export function useQuestion(): { ask: (question: Question) => void; answer: ReactNode } {
  const texts = useTexts();
  const [asked, setAsked] = useState<{ question: Question; Answer: typeof About } | null>(null);
  const ask = useCallback(
    (question: Question) => {
      import('./About.tsx').then(
        ({ About }) => setAsked({ question, Answer: About }),
        () => notify(texts.errors.network),
      );
    },
    [texts],
  );
  return { ask, answer: asked && <asked.Answer question={asked.question} onClose={() => setAsked(null)} /> };
}
