import { useState } from 'react';
import { useStreamItem } from '../../client/react.ts';
import { messageWords } from '../chats/ChatRow.tsx';
import { useTexts } from '../language/language.ts';
import { useSignedIn } from '../parley.ts';

/** Reads new messages of others to who cannot see them come. */
export function Arrivals({ chatId }: { chatId: string }) {
  const texts = useTexts();
  const { parley, viewer } = useSignedIn();
  const [words, setWords] = useState('');
  useStreamItem(parley, (item) => {
    if (item.__typename !== 'MessageCreated' || item.chatId !== chatId || item.message.authorId === viewer.id) return;
    setWords(texts.messages.arrived(item.message.author.displayName, messageWords(item.message, texts)));
  });
  return (
    <div className="visually-hidden" aria-live="polite">
      {words}
    </div>
  );
}
