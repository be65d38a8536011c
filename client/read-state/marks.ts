import type { ViewerState } from './unread.ts';

/** The result of marking a chat. */
export type Marked = { ok: true } | { ok: false; error: { code: string; message: string } };

/** Minimum milliseconds between two marks of one chat. */
const PAUSE_MS = 1_000;
/**
 * In a larger chat many members read the same message at the same moment. There each mark is delayed by a random time
 * up to this.
 */
const LARGE = { members: 100, pauseMs: 10_000 };

interface MarksOptions {
  /** The chat's state; undefined while it is not known. */
  state(chatId: string): ViewerState | undefined;
  memberCount(chatId: string): number;
  /** Shows the chat as read up to here, before the server has confirmed it. With 0 it is shown as the server has it. */
  show(chatId: string, readPosition: number): void;
  /** Sends the mark to the server. If it throws, the result is unknown. */
  tell(input: { chatId: string; position: number; ifVersion: number }): Promise<Marked>;
}

/** A chat that was read up to a position. */
interface Mark {
  position: number;
  /** The position that the server has confirmed. */
  told: number;
  isRunning: boolean;
}

/** Marks chats as read. There is one request at a time for each chat, and the highest position wins. */
export class Marks {
  readonly #options: MarksOptions;
  readonly #marks = new Map<string, Mark>();
  /** Chats that the user has marked as unread. They are not marked as read until they are opened again. */
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

  /**
   * Called when the stream is live, or when these chats have become known: marks that could not be sent are sent now.
   */
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

  /** Called with ids that are not chats of the user. */
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

  /** Sends one mark. Returns false if it was the last one, or if it has to wait for `goOn`. */
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
    if (this.#marks.get(chatId) !== mark) return false; // the chat was marked as unread in the meantime
    if (!answer.ok) {
      this.#drop(chatId);
      return false;
    }
    // The state had changed on another device. This device now has the new version, so the mark is sent again.
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
