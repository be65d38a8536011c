import { useCallback, useState, type ReactNode } from 'react';
import { useTexts } from '../language/language.ts';
import { notify } from '../ui/notices.tsx';
import type { About, Question } from './About.tsx';

/** Shows who reacted to a message, or who has read it. The names are loaded when the user asks. */
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
