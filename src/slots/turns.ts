/** A member of a slot's index that is due. */
export interface SlotEntry {
  readonly slot: number;
  /** The member: `tenant:name`. */
  readonly member: string;
  readonly tenant: string;
  /** The text after the tenant, such as a product. */
  readonly name: string;
  /** The time in the index, by Redis's clock. */
  readonly dueMs: number;
}

/** Due entries that wait for their turn. The tenants take turns, so that none holds up the others. */
export class Turns {
  readonly #byTenant = new Map<string, SlotEntry[]>();
  readonly #perTenant: number;
  /**
   * Goes on for ever: a tenant that is added, or has had its turn, comes last. A new iterator would
   * pass all removed tenants first.
   */
  readonly #turns = this.#byTenant.entries();
  #size = 0;

  constructor(perTenant: number) {
    this.#perTenant = perTenant;
  }

  get size(): number {
    return this.#size;
  }

  /** Whether there was room for the entry. */
  add(entry: SlotEntry): boolean {
    const entries = this.#byTenant.get(entry.tenant);
    if (entries === undefined) this.#byTenant.set(entry.tenant, [entry]);
    else if (entries.length >= this.#perTenant) return false;
    else entries.push(entry);
    this.#size += 1;
    return true;
  }

  /** The next entry of the tenant whose turn it is. */
  next(): SlotEntry | undefined {
    if (this.#size === 0) return undefined;
    const turn = this.#turns.next();
    if (turn.done === true) return undefined;
    const [tenant, entries] = turn.value;
    const entry = entries.shift();
    this.#byTenant.delete(tenant);
    if (entries.length > 0) this.#byTenant.set(tenant, entries);
    this.#size -= 1;
    return entry;
  }
}
