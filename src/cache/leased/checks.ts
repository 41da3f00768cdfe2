import type { KeyRead } from "../../client/index.js";
import type { Circuit } from "../../core/circuit.js";

/** Reads single keys. */
export type ReadKeys = (reads: readonly KeyRead[]) => Promise<readonly (Buffer | null | undefined)[]>;

/** What is compared with Redis. */
export interface CheckedEntry {
  readonly key: string;
  /** The first bytes of the entry; see `headOf`. */
  readonly head: Buffer;
  /** The tokens of its tags, by their keys. */
  readonly tokens: readonly (readonly [key: string, token: string])[];
}

/** The part of a header up to the fill id. */
const HEAD_END = 29;
const SPACE = 0x20;

/**
 * Asks Redis whether entries of L1 are still the stored ones, with their present tokens. Calls of one
 * turn of the event loop share a reading. It answers for a request that began before the reading was sent.
 */
export class EntryChecks {
  readonly #read: ReadKeys;
  readonly #circuit: Circuit;
  readonly #timeoutMs: number;
  #open: Check | undefined;

  constructor(read: ReadKeys, circuit: Circuit, timeoutMs: number) {
    this.#read = read;
    this.#circuit = circuit;
    this.#timeoutMs = timeoutMs;
  }

  /** `false` also if Redis does not answer. Never rejects. */
  isCurrent(kept: CheckedEntry): Promise<boolean> {
    if (!this.#open) {
      const check = new Check();
      this.#open = check;
      setImmediate(() => {
        this.#open = undefined;
        this.#send(check).catch(() => check.end(undefined));
      });
    }
    return this.#open.of(kept);
  }

  async #send(check: Check): Promise<void> {
    const timer = setTimeout(() => {
      this.#circuit.noteFailure(this.#timeoutMs);
      check.end(undefined);
    }, this.#timeoutMs);
    const sentAt = performance.now();
    try {
      const values = await this.#circuit.run(this.#timeoutMs, () => this.#read(check.reads));
      if (values) this.#circuit.noteAnswer(performance.now() - sentAt);
      check.end(values);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The checks of one turn. */
class Check {
  readonly reads: KeyRead[] = [];
  readonly #places = new Map<string, number>();
  /** By what L1 had, which another fill of the same entry may replace within the turn. */
  readonly #checks = new Map<CheckedEntry, Promise<boolean>>();
  #end: (values: readonly (Buffer | null | undefined)[] | undefined) => void = () => undefined;
  readonly #values = new Promise<readonly (Buffer | null | undefined)[] | undefined>((resolve) => {
    this.#end = resolve;
  });

  end(values: readonly (Buffer | null | undefined)[] | undefined): void {
    this.#end(values);
  }

  of(kept: CheckedEntry): Promise<boolean> {
    const { key } = kept;
    const known = this.#checks.get(kept);
    if (known) return known;
    const head = this.#add(["GETRANGE", key, "0", String(HEAD_END)]);
    const tags = kept.tokens.map(([tag, token]) => ({ place: this.#add(["GET", tag]), token }));
    const check = this.#values.then((values) => {
      if (!values?.[head]?.equals(kept.head)) return false;
      return tags.every(({ place, token }) => tokenOf(values[place]) === token);
    });
    this.#checks.set(kept, check);
    return check;
  }

  #add(read: KeyRead): number {
    const known = this.#places.get(read[1]);
    if (known !== undefined) return known;
    const place = this.reads.push(read) - 1;
    this.#places.set(read[1], place);
    return place;
  }
}

function tokenOf(value: Buffer | null | undefined): string | undefined {
  return value?.toString("latin1", 0, Math.max(0, value.indexOf(SPACE)));
}

/** The part of an entry that a check compares. */
export function headOf(stored: Buffer): Buffer {
  return Buffer.from(stored.subarray(0, HEAD_END + 1));
}
