import type { ListedMessageFragment } from '../gql/graphql.ts';
import type { Texts } from '../language/en.ts';

/** What happened to a group, as the payload of a SYSTEM message says it. */
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

/** Whom a line names, before it only counts them. */
const named = 3;

/** The line in words. Names are isolated by the texts. */
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
