import type { SlotClient } from "./client.js";
import { slotDefaults as defaults } from "./defaults.js";
import type { SlotEntry } from "./turns.js";

/** Entries of a slot's index, the earliest first. */
export interface SlotRead {
  readonly slot: number;
  /** The rank of the first one: 0, or more for a further page. */
  readonly from: number;
  readonly entries: readonly SlotEntry[];
  /** The index has no entries behind these. */
  readonly isWhole: boolean;
}

/** Slots that are read in one call. It is small, so that a slot with a message is read soon. */
const SLOTS_PER_READ = 256;
/** After an error, a slot is read again after so many milliseconds. */
const RETRY_MS = 1_000;

/** When each slot must be read next: the earliest time in its index that is known, by Redis's clock. */
export class DueSlots {
  readonly #client: SlotClient;
  readonly #keyInSlot: (slot: number) => string;
  readonly #due = new Map<number, number>();
  /** Slots with a message. They are read before all others. */
  readonly #announced = new Set<number>();
  /** Slots whose next page is read soon, and its first rank. */
  readonly #pages = new Map<number, number>();
  #clockOffsetMs: number | undefined;

  constructor(client: SlotClient, keyInSlot: (slot: number) => string) {
    this.#client = client;
    this.#keyInSlot = keyInSlot;
  }

  /** Redis's clock; 0 before it was read. */
  nowMs(): number {
    return this.#clockOffsetMs === undefined ? 0 : performance.now() + this.#clockOffsetMs;
  }

  /** The slot must be read at this time at the latest. */
  lower(slot: number, dueMs: number): void {
    const known = this.#due.get(slot);
    if (known === undefined || dueMs < known) this.#due.set(slot, dueMs);
  }

  /** A message says that the slot has an entry with this time, before all its others. */
  announce(slot: number, dueMs: number): void {
    this.lower(slot, dueMs);
    this.#announced.add(slot);
  }

  lowerIn(slot: number, ms: number): void {
    if (ms < Number.POSITIVE_INFINITY) this.lower(slot, this.nowMs() + ms);
  }

  /** The entries from this rank on are read too, unless an earlier call has come further already. */
  readPage(slot: number, from: number): void {
    this.#pages.set(slot, Math.max(from, this.#pages.get(slot) ?? 0));
  }

  /** Milliseconds until some slot must be read; Infinity if none is known. */
  nextInMs(): number {
    if (this.#pages.size > 0) return 0;
    let earliest = Number.POSITIVE_INFINITY;
    for (const dueMs of this.#due.values()) if (dueMs < earliest) earliest = dueMs;
    return earliest - this.nowMs();
  }

  /** Forgets all times, and reads the earliest entry of each of the slots. Resolves with an error. */
  async sweep(slots: readonly number[]): Promise<Error | undefined> {
    if (slots.length === 0) return undefined;
    this.#due.clear();
    const { sets, clockOffsetMs } = await this.#client.readSortedSets(slots.map(this.#keyInSlot), 1);
    if (clockOffsetMs !== undefined) this.#clockOffsetMs = clockOffsetMs;
    let error: Error | undefined;
    sets.forEach((set, index) => {
      const slot = slots[index] ?? 0;
      if (set instanceof Error) {
        error ??= set;
        this.lowerIn(slot, RETRY_MS);
      } else if (set[0] !== undefined) this.lower(slot, set[0].score);
    });
    return error;
  }

  /** Reads the entries of the slots whose time has come, and forgets these times. */
  async readDue(
    owns: (slot: number) => boolean,
  ): Promise<{ readonly reads: readonly SlotRead[]; readonly error: Error | undefined }> {
    const pages = this.#takeDue(owns);
    if (pages.length === 0) return { reads: [], error: undefined };
    const count = defaults.readCount.value;
    const { sets, clockOffsetMs } = await this.#client.readSortedSets(
      pages.map(({ slot }) => this.#keyInSlot(slot)),
      count,
      pages.map(({ from }) => from),
    );
    if (clockOffsetMs !== undefined) this.#clockOffsetMs = clockOffsetMs;
    let error: Error | undefined;
    const reads = sets.flatMap((set, index): SlotRead[] => {
      const { slot, from } = pages[index] ?? { slot: 0, from: 0 };
      if (set instanceof Error) {
        error ??= set;
        this.lowerIn(slot, RETRY_MS);
        return [];
      }
      const entries = set.map(({ member, score }) => entryOf(slot, member, score));
      return [{ slot, from, entries, isWhole: set.length < count }];
    });
    return { reads, error };
  }

  #takeDue(owns: (slot: number) => boolean): { readonly slot: number; readonly from: number }[] {
    const now = this.nowMs();
    const pages: { slot: number; from: number }[] = [];
    const take = (slot: number) => {
      const dueMs = this.#due.get(slot);
      if (dueMs === undefined || dueMs > now || pages.length >= SLOTS_PER_READ) return;
      this.#due.delete(slot);
      if (owns(slot)) pages.push({ slot, from: 0 });
    };
    for (const slot of this.#announced) take(slot);
    this.#announced.clear();
    for (const slot of this.#due.keys()) {
      if (pages.length >= SLOTS_PER_READ) break;
      take(slot);
    }
    for (const [slot, from] of this.#pages) {
      if (pages.length >= SLOTS_PER_READ) break;
      this.#pages.delete(slot);
      if (owns(slot)) pages.push({ slot, from });
    }
    return pages;
  }
}

function entryOf(slot: number, member: string, dueMs: number): SlotEntry {
  const colon = member.indexOf(":");
  return { slot, member, tenant: member.slice(0, colon), name: member.slice(colon + 1), dueMs };
}
