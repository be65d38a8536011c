import { VIEWER_PAGE, type ViewerChange, type ViewerPage } from './viewer-changes.ts';

/**
 * The position of one client in its user's viewer state. It holds state and decides; it calls no other object.
 * It is made for one operation, and lives as long.
 */
export class ViewerCursor {
  /** The version up to which the client has every row. */
  version: number;
  /** Whether the client is being sent all rows: then removed rows do not matter. */
  #isWhole: boolean;

  constructor(since: number) {
    this.version = since;
    this.#isWhole = since === 0;
  }

  /** Decides what a page means for the client: begin anew, or these changes. Call `reach` when they are written. */
  read({
    newest,
    floor,
    changes,
  }: ViewerPage): { is: 'reset' } | { is: 'changes'; changes: ViewerChange[]; upTo: number } {
    if (this.version > newest || (!this.#isWhole && this.version < floor)) return { is: 'reset' };
    const last = changes.length < VIEWER_PAGE ? undefined : changes.at(-1);
    return { is: 'changes', changes, upTo: last?.version ?? newest };
  }

  /** Called when the client has been told to drop everything. */
  reset(): void {
    this.version = 0;
    this.#isWhole = true;
  }

  /** Called when the client has every row up to a version, which may be the newest that this server knows. */
  reach(version: number, isNewest: boolean): void {
    this.version = version;
    if (isNewest) this.#isWhole = false;
  }
}
