/** A user's viewer state of one chat, as the API shows it. */
export interface OwnState {
  version: number;
  asOfPosition: number;
  readPosition: number;
  unreadCount: number;
  mentionCount: number;
  isMarkedUnread: boolean;
  notifications: string;
  isMuted: boolean;
  isPinned: boolean;
  isArchived: boolean;
}

/** The fields of a message that a client needs to count it. */
interface Countable {
  id: string;
  position: number;
  revision: number;
  authorId: string;
  content: string | null;
  isDeleted: boolean;
}

/** A row that was reported as changed: the type of the item, its chat, its version, and whether in the replay. */
interface Told {
  type: 'ViewerChatStateChanged' | 'DraftChanged' | 'SavedMessageChanged';
  /** Undefined for a saved message: it is known in whatever chat. */
  chatId?: string;
  version: number;
  replayed: boolean;
}

/** The versions of different users do not overlap: those of each user begin this much higher. */
export const VERSIONS_APART = 1_000;

interface OwnStatesOptions {
  /** The versions of the user's viewer state are higher than this one. */
  versionsAfter: number;
  /** The lowest position from which the user has marked a chat as unread; infinite if they never did. */
  leftUnreadAt(chatId: string): number;
  violate(what: string): void;
}

/**
 * The viewer state that one device knows, by the rules of `docs/frontend.md`. It keeps the state of an ended chat,
 * because items after a new joining may arrive before the ending.
 */
export class OwnStates {
  readonly states = new Map<string, OwnState>();
  readonly told: Told[] = [];
  /** The next `viewerStateSince`. */
  cursor = 0;
  readonly #options: OwnStatesOptions;
  /** Whether messages that came live or in a replay mention the user, by id. */
  readonly #mentions = new Map<string, { revision: number; isMentioned: boolean }>();
  /** Edits in each chat: the position of the event, and of the message. */
  readonly #edits = new Map<string, { at: number; of: number }[]>();

  constructor(options: OwnStatesOptions) {
    this.#options = options;
  }

  /** Takes a `ViewerChatStateChanged`. */
  changed(chatId: string, version: number, state: OwnState, replayed: boolean): void {
    this.reported({ type: 'ViewerChatStateChanged', chatId, version, replayed }, state.version);
    this.#look(chatId, state);
    if (state.version > this.version(chatId)) this.#renew(chatId, state);
  }

  /** Takes the version of any item about viewer state. The row that it shows may be newer. */
  reported(told: Told, shown: number): void {
    const { version } = told;
    this.told.push(told);
    if (version <= this.cursor) this.#options.violate(`got version ${version} at ${this.cursor}`);
    if (shown < version) this.#options.violate(`was shown ${shown} for a change of version ${version}`);
    this.cursor = version;
  }

  /** Takes a message of an event, with the users whom it mentions. */
  mentioned({ id, revision }: Countable, isMentioned: boolean): void {
    if (revision >= (this.#mentions.get(id)?.revision ?? 0)) this.#mentions.set(id, { revision, isMentioned });
  }

  /** A message was edited. If the server has counted it, its mentions may be others now. */
  edited(chatId: string, at: number, of: number): void {
    this.#edits.set(chatId, [...(this.#edits.get(chatId) ?? []), { at, of }]);
  }

  /** Takes a `ChatAdded` or `ChatReset`. There is no state if the user has already left again. */
  introduced(chatId: string, state: OwnState | null): void {
    if (!state) return;
    this.#look(chatId, state);
    if (state.version > this.version(chatId)) this.#renew(chatId, state);
    else if (state.version === this.version(chatId)) this.states.set(chatId, state);
  }

  /** Takes the result of a query or a mutation. It may be older than the events received since. */
  answered(chatId: string, state: OwnState): void {
    this.#look(chatId, state);
    const known = this.states.get(chatId);
    const isLater = state.version === known?.version && state.asOfPosition >= known.asOfPosition;
    if (state.version > this.version(chatId) || isLater) this.#renew(chatId, state);
  }

  /** The version of a chat's state; −1 if nothing is known of the chat. */
  version(chatId: string): number {
    return this.states.get(chatId)?.version ?? -1;
  }

  caughtUp(version: number): void {
    if (version < this.cursor) this.#options.violate(`was caught up at version ${version} behind ${this.cursor}`);
    this.cursor = version;
  }

  /** Whether the server counted a message that has been deleted or edited since. */
  countsChanged(chatId: string, messages: Iterable<Countable>): boolean {
    const asOf = this.states.get(chatId)?.asOfPosition ?? 0;
    if (this.#edits.get(chatId)?.some(({ at, of }) => of <= asOf && at > asOf)) return true;
    return [...messages].some(({ isDeleted, position, revision }) => isDeleted && position <= asOf && revision > asOf);
  }

  /** The state that the device shows for a chat. */
  shown(chatId: string, userId: string, messages: Iterable<Countable>): Omit<OwnState, 'asOfPosition'> | null {
    const state = this.states.get(chatId);
    if (!state) return null;
    const { version, asOfPosition, readPosition, unreadCount, mentionCount, isMarkedUnread } = state;
    const { notifications, isMuted, isPinned, isArchived } = state;
    const above = Math.max(asOfPosition, readPosition);
    const later = [...messages].filter(
      // A line of the server has no content.
      ({ position, authorId, content }) => position > above && authorId !== userId && content !== null,
    );
    const mentions = later.filter(({ id }) => this.#mentions.get(id)?.isMentioned);
    return {
      ...{ version, readPosition, isMarkedUnread, notifications, isMuted, isPinned, isArchived },
      unreadCount: unreadCount + later.length,
      mentionCount: mentionCount + mentions.length,
    };
  }

  /** Checks that the version belongs to this user. 0 is the state of a user who never changed any. */
  #look(chatId: string, { version }: OwnState): void {
    const { versionsAfter } = this.#options;
    const isOwn = version > versionsAfter && version < versionsAfter + VERSIONS_APART;
    if (version !== 0 && !isOwn)
      this.#options.violate(`was shown version ${version} of ${chatId}, which is not its own`);
  }

  /** Takes a state if it is newer than the known one. */
  #renew(chatId: string, state: OwnState): void {
    const before = this.states.get(chatId)?.readPosition ?? 0;
    const { readPosition } = state;
    if (readPosition < before && readPosition < this.#options.leftUnreadAt(chatId) - 1)
      this.#options.violate(`has read ${chatId} up to ${readPosition}, and before up to ${before}`);
    this.states.set(chatId, state);
  }
}
