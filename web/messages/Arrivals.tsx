import { useEffect, useRef, useState } from 'react';
import { useStreamItem } from '@parley/client/react';
import { useTexts } from '../language/language.ts';
import { useSignedIn } from '../parley.ts';
import { messageWords } from './message-words.ts';

/** Milliseconds for which arriving messages are collected. If there are many at once, only their number is read out. */
const gathering = 1_000;

/** Reads new messages of others out to users of screen readers. */
export function Arrivals({ chatId, blocked }: { chatId: string; blocked: ReadonlySet<string> }) {
  const texts = useTexts();
  const { parley, viewer } = useSignedIn();
  const [words, setWords] = useState('');
  const gathered = useRef<string[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  useStreamItem(parley, (item) => {
    if (item.__typename !== 'MessageCreated' || item.chatId !== chatId || item.message.authorId === viewer.id) return;
    if (item.message.type === 'SYSTEM' || blocked.has(item.message.authorId)) return;
    gathered.current.push(texts.messages.arrived(item.message.author.displayName, messageWords(item.message, texts)));
    if (gathered.current.length > 1) return;
    timer.current = setTimeout(() => {
      const [first = '', ...others] = gathered.current.splice(0);
      setWords(others.length === 0 ? first : texts.messages.newBelow(others.length + 1));
    }, gathering);
  });
  return (
    <div className="visually-hidden" aria-live="polite">
      {words}
    </div>
  );
}
