import type { ViewerState } from './unread.ts';

/** What became of a mark. */
export type Marked = { ok: true } | { ok: false; error: { code: string; message: string } };

/** Marks of one chat are at least so far apart. */
const PAUSE_MS = 1_000;
/** In a chat of more members, who all read the same message in the same moment, each mark waits for up to so long. */
const LARGE = { members: 100, pauseMs: 10_000 };

interface MarksOptions {
  /** The chat's state; undefined while it is not known. */
  state(chatId: string): ViewerState | undefined;
  memberCount(chatId: string): number;
  /** Shows the chat as read up to here, before the server has heard of it; 0: as the server told it. */
  show(chatId: string, readPosition: number): void;
  /** Tells the server. A throw means that nobody knows whether it has heard. */
  tell(input: { chatId: string; position: number; ifVersion: number }): Promise<Marked>;
}

/** A chat that was read up to a position, which the server is told, or will be. */
interface Mark {
  position: number;
  /** Up to here it was told. */
  told: number;
  isRunning: boolean;
}

/** Marks chats as read: of each chat one mark is on its way at a time, and the highest position wins. */
export class Marks {
  readonly #options: MarksOptions;
  readonly #marks = new Map<string, Mark>();
  /** The user has left them unread: they are not marked before they are opened again. */
  readonly #left = new Set<string>();

  constructor(options: MarksOptions) {
    this.#options = options;
  }

  upTo(chatId: string, position: number): void {
    if (this.#left.has(chatId)) return;
    const state = this.#options.state(chatId);
    if (state && !state.isMarkedUnread && position <= state.readPosition) return;
    const mark = this.#marks.get(chatId) ?? { position, told: 0, isRunning: false };
    mark.position = Math.max(mark.position, position);
    this.#marks.set(chatId, mark);
    this.#options.show(chatId, mark.position);
    this.#start(chatId, mark);
  }

  opened(chatId: string): void {
    this.#left.delete(chatId);
  }

  left(chatId: string): void {
    this.#left.add(chatId);
    this.#drop(chatId);
  }

  /** The stream is live, or these chats have become known: what could not be told is told now. */
  goOn(chatIds: Iterable<string> = this.#marks.keys()): void {
    for (const chatId of chatIds) {
      const mark = this.#marks.get(chatId);
      if (mark) this.#start(chatId, mark);
    }
  }

  /** Chats that are to be marked and whose state is not known. */
  *waiting(): Iterable<string> {
    for (const chatId of this.#marks.keys()) if (!this.#options.state(chatId)) yield chatId;
  }

  /** They are none of the user's chats. */
  forget(chatIds: Iterable<string>): void {
    for (const chatId of chatIds) this.#drop(chatId);
  }

  #start(chatId: string, mark: Mark): void {
    if (mark.isRunning) return;
    mark.isRunning = true;
    void this.#run(chatId, mark).finally(() => (mark.isRunning = false));
  }

  async #run(chatId: string, mark: Mark): Promise<void> {
    const isLarge = this.#options.memberCount(chatId) > LARGE.members;
    if (isLarge) await sleep(Math.random() * LARGE.pauseMs);
    while (this.#marks.get(chatId) === mark && mark.told < mark.position) {
      if (!(await this.#tell(chatId, mark))) return;
      await sleep(isLarge ? LARGE.pauseMs : PAUSE_MS);
    }
    if (this.#marks.get(chatId) === mark) this.#marks.delete(chatId);
  }

  /** Whether to go on. Otherwise it is over, or waits to be told to. */
  async #tell(chatId: string, mark: Mark): Promise<boolean> {
    const { state, tell, show } = this.#options;
    const { position } = mark;
    const ifVersion = state(chatId)?.version;
    if (ifVersion === undefined) return false;
    let answer: Marked;
    try {
      answer = await tell({ chatId, position, ifVersion });
    } catch {
      return false;
    }
    if (this.#marks.get(chatId) !== mark) return false; // it was left unread meanwhile
    if (!answer.ok) {
      this.#drop(chatId);
      return false;
    }
    // Something else of the state had changed that this device had not heard of: now it has.
    if (state(chatId)?.isMarkedUnread) return true;
    mark.told = position;
    if (mark.position === position) show(chatId, 0);
    return true;
  }

  #drop(chatId: string): void {
    if (this.#marks.delete(chatId)) this.#options.show(chatId, 0);
  }
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
