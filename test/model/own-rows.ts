interface Row {
  version: number;
  /** Null where there is none: it was deleted. */
  value: string | null;
}

/** The drafts, or the saved messages, that one device knows, by chat or message. The higher version is the newer one. */
export class OwnRows {
  readonly #rows = new Map<string, Row>();

  /** Takes a row of an item or a result, which may be older than the known one. */
  changed(id: string, version: number, value: string | null): void {
    if (version > this.version(id)) this.#rows.set(id, { version, value });
  }

  /** A query that began when the known version was this one shows no row. It does not tell of which version that is. */
  absent(id: string, version: number): void {
    if (this.version(id) === version) this.#rows.set(id, { version, value: null });
  }

  version(id: string): number {
    return this.#rows.get(id)?.version ?? 0;
  }

  value(id: string): string | null {
    return this.#rows.get(id)?.value ?? null;
  }

  /** The present values, sorted. */
  shown(ids: Iterable<string> = this.#rows.keys()): string[] {
    return [...ids].flatMap((id) => (this.value(id) === null ? [] : [`${id} ${this.value(id)}`])).sort();
  }
}
