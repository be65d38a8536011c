/** A user's viewer state of one chat, as the API shows it. */
export interface OwnState {
  version: number;
  asOfPosition: number;
  readPosition: number;
  unreadCount: number;
  isMarkedUnread: boolean;
}

/** The fields of a message that a client needs to count it. */
interface Countable {
  position: number;
  revision: number;
  authorId: string;
  content: string | null;
  isDeleted: boolean;
}

/** A row that was reported as changed: its chat, its version, and whether in the replay. */
interface Told {
  chatId: string;
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

  constructor(options: OwnStatesOptions) {
    this.#options = options;
  }

  /** Takes a `ViewerChatStateChanged`. */
  changed(chatId: string, version: number, state: OwnState, replayed: boolean): void {
    this.told.push({ chatId, version, replayed });
    if (version <= this.cursor) this.#options.violate(`got version ${version} at ${this.cursor}`);
    if (state.version < version) this.#options.violate(`was shown ${state.version} for a change of version ${version}`);
    this.cursor = version;
    this.#look(chatId, state);
    if (state.version > this.version(chatId)) this.#renew(chatId, state);
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

  /** Whether the server counted a message that has been deleted since. */
  countsDeleted(chatId: string, messages: Iterable<Countable>): boolean {
    const asOf = this.states.get(chatId)?.asOfPosition ?? 0;
    return [...messages].some(({ isDeleted, position, revision }) => isDeleted && position <= asOf && revision > asOf);
  }

  /** The state that the device shows for a chat. */
  shown(chatId: string, userId: string, messages: Iterable<Countable>): Omit<OwnState, 'asOfPosition'> | null {
    const state = this.states.get(chatId);
    if (!state) return null;
    const { version, asOfPosition, readPosition, unreadCount, isMarkedUnread } = state;
    const above = Math.max(asOfPosition, readPosition);
    const later = [...messages].filter(
      // A line of the server has no content.
      ({ position, authorId, content }) => position > above && authorId !== userId && content !== null,
    );
    return { version, readPosition, unreadCount: unreadCount + later.length, isMarkedUnread };
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
