import type { TagReads, TagState } from "../read/tag-reads.js";
import type { L1 } from "./l1.js";

/** The tokens of tags: those that this process knows, and the others from Redis. */
export class TrackedTags {
  readonly #l1: L1;
  readonly #reads: TagReads;
  readonly #keyOf: (tag: string) => string;

  /** @param reads reads over tracked connections */
  constructor(l1: L1, reads: TagReads, keyOf: (tag: string) => string) {
    this.#l1 = l1;
    this.#reads = reads;
    this.#keyOf = keyOf;
  }

  async readAll(tags: Iterable<string>, deadlineMs: number): Promise<Map<string, TagState | undefined>> {
    const states = new Map<string, TagState | undefined>();
    const unknown: Promise<void>[] = [];
    for (const tag of tags) {
      const key = this.#keyOf(tag);
      const record = this.#l1.tagOf(key);
      states.set(tag, record?.token === undefined ? undefined : { token: record.token, clock: record.clock });
      if (record?.token === undefined) unknown.push(this.#read(tag, key, deadlineMs, states));
    }
    if (unknown.length > 0) await Promise.all(unknown);
    return states;
  }

  /**
   * The same states if they are still those that this process knows. Others are read again, because a
   * message came after the entry's reading was sent.
   */
  async recheck(
    states: Map<string, TagState | undefined>,
    deadlineMs: number,
  ): Promise<Map<string, TagState | undefined>> {
    for (const [tag, state] of states) {
      if (state && this.#l1.tagOf(this.#keyOf(tag))?.token !== state.token) {
        return this.#reads.readAll(states.keys(), deadlineMs);
      }
    }
    return states;
  }

  async #read(
    tag: string,
    key: string,
    deadlineMs: number,
    states: Map<string, TagState | undefined>,
  ): Promise<void> {
    const reading = this.#l1.readings.begin(key);
    try {
      const state = await this.#reads.read(tag, deadlineMs);
      if (state) this.#l1.putTag(reading, state.token, state.clock);
      states.set(tag, state);
    } finally {
      this.#l1.readings.end(reading);
    }
  }
}
