import type { ListedMessageFragment } from '../gql/graphql.ts';
import type { Texts } from '../language/en.ts';

/** What happened to a group, as the payload of a SYSTEM message describes it. */
export interface Line {
  event: string;
  userIds: string[];
  userCount: number;
  title?: string;
  role?: string;
}

export function lineOf({ type, payload }: Pick<ListedMessageFragment, 'type' | 'payload'>): Line | null {
  return type === 'SYSTEM' ? (payload as Line) : null;
}

interface Named {
  who: string;
  viewerId: string;
  names: ReadonlyMap<string, string>;
}

/** Maximum number of users that a line names. Further ones are only counted. */
const named = 3;

/** The text of a line. The texts isolate the names. */
export function lineWords({ event, userIds, userCount, title, role }: Line, of: Named, texts: Texts): string {
  const { lines } = texts;
  const shown = userIds.slice(0, named).flatMap((id) => (id === of.viewerId ? lines.you : (of.names.get(id) ?? [])));
  const whom = lines.list(shown, userCount - shown.length);
  switch (event) {
    case 'created':
      return lines.created(of.who, title);
    case 'members_added':
      return lines.added(of.who, whom);
    case 'member_removed':
      return lines.removed(of.who, whom);
    case 'member_left':
      return lines.left(of.who);
    case 'renamed':
      return lines.renamed(of.who, title ?? '');
    case 'role_changed':
      return role === 'ADMIN' ? lines.madeAdmin(of.who, whom) : lines.madeMember(of.who, whom);
    case 'owner_changed':
      return lines.handedOver(of.who, whom);
    default:
      return lines.changed(of.who);
  }
}
