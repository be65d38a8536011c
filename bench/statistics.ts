/** The middle value. For an even number of values it is the mean of the two in the middle. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The value that this share of the values does not exceed, by nearest rank. */
export function percentile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/**
 * The median of the ratios within each repetition. A disturbance of the machine affects both sides of a repetition
 * alike and cancels out.
 */
function medianRatio(values: readonly number[], base: readonly number[]): number {
  return median(values.map((value, repetition) => value / base[repetition]!));
}

/** Measurements of several subjects, by repetition. */
export class Samples<Subject extends string> {
  readonly #values = new Map<Subject, number[]>();

  add(subject: Subject, value: number): void {
    const values = this.#values.get(subject);
    if (values) values.push(value);
    else this.#values.set(subject, [value]);
  }

  has(subject: Subject): boolean {
    return this.#values.has(subject);
  }

  median(subject: Subject): number {
    return median(this.#of(subject));
  }

  /** The ratio of a subject to a base. */
  ratio(subject: Subject, base: Subject): number {
    return medianRatio(this.#of(subject), this.#of(base));
  }

  #of(subject: Subject): number[] {
    const values = this.#values.get(subject);
    if (!values) throw new Error(`Nothing was measured of ${subject}.`);
    return values;
  }
}
