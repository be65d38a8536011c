import type { StreamItemLike } from '../events/items.ts';
import type { ServerDraft } from '../drafts/draft.ts';
import type { SentMessage } from '../outbox/messages.ts';

/** The fields of an item that an adapter reads in order to apply it to its cache. */
export interface AppliedItem extends StreamItemLike {
  message?: AppliedMessage;
  chat?: object;
  /** Set for `DraftChanged`; null if the draft is deleted. */
  draft?: ServerDraft | null;
  /** `ReactionAdded` has it; `ReactionRemoved` has the emoji and the user instead. */
  reaction?: { emoji?: string; user?: object };
  emoji?: string;
}

/** The reactions of a message with one emoji, in a result or an event. */
export interface ShownGroup {
  readonly __typename?: string;
  readonly emoji?: string;
  readonly count?: number;
  readonly viewerHasReacted?: boolean;
}

export interface AppliedMessage extends SentMessage {
  __typename?: string;
  createdAt?: string;
  position: number;
  mentionedUsers?: readonly { readonly id?: string }[];
  mentionsEveryone?: boolean;
  reactionGroups?: readonly ShownGroup[];
}

/** The result of a mutation, which may be an error. */
export type Settled = AppliedItem & AppliedMessage;
