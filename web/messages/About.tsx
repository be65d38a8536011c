import type { ListedMessageFragment } from '../gql/graphql.ts';
import { WhoRead } from './WhoRead.tsx';
import { WhoReacted } from './WhoReacted.tsx';

/** The questions that can be asked about a message. */
export type Question =
  | { about: 'reactions'; message: ListedMessageFragment; emoji: string | null }
  | { about: 'readers'; message: ListedMessageFragment };

export function About({ question, onClose }: { question: Question; onClose: () => void }) {
  if (question.about === 'readers') return <WhoRead message={question.message} onClose={onClose} />;
  return <WhoReacted messageId={question.message.id} emoji={question.emoji} onClose={onClose} />;
}
