/** What a reading of rows with numbers above a position has found and finished. */
export interface ReadRange {
  /** All transactions with a lower number had ended before the reading. */
  readonly xmin: bigint;
  /** The number of the last row that is finished; undefined if there was none. */
  readonly lastId: bigint | undefined;
  /** The number of the first row that is left; undefined if all were finished. */
  readonly nextId: bigint | undefined;
  /** The number of a transaction that began after the reading; undefined if there was none. */
  readonly laterXid: bigint | undefined;
}

/**
 * The row number from which a relay reads. Below it, no row can appear any more. Without it, each
 * reading would pass all deleted rows that VACUUM has not removed.
 *
 * Numbers of rows are not in commit order: a transaction may commit a number below those that were
 * already read. So a number becomes the position only after all transactions have ended that can have
 * a lower one. They had their transaction numbers before their row numbers, and so before the reading
 * of a higher row number. So their numbers are below that of any transaction that began later.
 */
export class ReadPosition {
  #id = 0n;
  #candidate: { readonly id: bigint; readonly laterXid: bigint } | undefined;

  /** Rows above this number are to be read. */
  get id(): bigint {
    return this.#id;
  }

  note({ xmin, lastId, nextId, laterXid }: ReadRange): void {
    const candidate = this.#candidate;
    if (candidate && xmin >= candidate.laterXid && (nextId === undefined || nextId > candidate.id)) {
      this.#id = candidate.id;
      this.#candidate = undefined;
    }
    if (lastId !== undefined && laterXid !== undefined) this.#candidate ??= { id: lastId, laterXid };
  }
}
