import type { ListedMessageFragment } from '../gql/graphql.ts';
import { useTexts } from '../language/language.ts';
import { useViewer } from '../parley.ts';
import { Sentence } from '../ui/Sentence.tsx';
import { lineOf, lineWords } from './line.ts';

interface Props {
  message: ListedMessageFragment;
  names: ReadonlyMap<string, string>;
}

/** One line that says what happened to the group. */
export function SystemLine({ message, names }: Props) {
  const texts = useTexts();
  const viewer = useViewer();
  const line = lineOf(message);
  if (!line) return null;
  const who = message.authorId === viewer.id ? texts.you : message.author.displayName;
  return <Sentence text={lineWords(line, { who, viewerId: viewer.id, names }, texts)} />;
}
