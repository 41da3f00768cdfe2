import type { EntryReading, KeptEntry, LeasedEntries, TenantEntries } from "../cache/index.js";
import { pause } from "../core/wait.js";
import { nextDefaults as defaults } from "./defaults.js";
import type { LogRecord, Stored, StoredLog } from "./stored.js";

/** Each round finds that another process has changed the log at the same time. */
const MAX_ROUNDS = 8;

const RETRY_MS = 1_000;

/**
 * The revalidated paths of a tenant, and the tags that expire at a time. An entry is made before its reader's
 * path is known, so its tags cannot have it: the reader compares the log. It is one entry: if it is evicted,
 * all that it had is taken for revalidated.
 */
export class TagLog {
  readonly #entries: TenantEntries<Stored>;
  readonly #nowMs: () => number;
  readonly #timeoutMs: number;
  readonly #name: string;
  readonly #keepMs: number;
  readonly #stopped = new AbortController();
  /** What this process has read last, without L1. */
  #known: { readonly log: StoredLog; readonly kept: KeptEntry<Stored> } | undefined;
  /** Records that Redis does not have yet: their entries are dead in this process. */
  #pending: readonly LogRecord[] = [];
  #writing: Promise<boolean> | undefined;
  #retrying: Promise<void> | undefined;

  constructor(entries: TenantEntries<Stored>, all: LeasedEntries<Stored>, name: string, keepMs: number) {
    this.#entries = entries;
    this.#nowMs = () => all.nowMs();
    this.#timeoutMs = all.definition.cacheTimeoutMs;
    this.#name = name;
    this.#keepMs = keepMs;
  }

  /** The log, read after this call. Undefined if Redis does not answer. */
  async read(): Promise<StoredLog | undefined> {
    const inL1 = logIn(this.#entries.kept(this.#name)?.entry.value);
    if (inL1) return inL1;
    // A reading of the whole entry brings it into L1.
    const known = this.#entries.hasL1 ? undefined : this.#known;
    const askedAt = performance.now();
    if (known && (await this.#entries.isCurrent(known.kept))) return known.log;
    // Redis did not answer.
    if (performance.now() - askedAt >= this.#timeoutMs) return undefined;
    let reading = await this.#entries.read(this.#name, { tags: [] });
    if (reading.kind === "busy")
      reading = await this.#entries.wait(this.#name, { tags: [] }, reading.leaseEndsInMs);
    return this.#logOf(reading);
  }

  /** Whether an entry that was made at a reading of the clock must not be served to readers of a path. */
  isDead(
    log: StoredLog,
    { clock, tags }: { readonly clock: number; readonly tags: readonly string[] },
    pathTags: readonly string[],
    isExpired: boolean,
  ): boolean {
    const all = [...tags, ...pathTags];
    if (this.#pending.some(([tag]) => all.includes(tag))) return true;
    if (clock < log.since && (isExpired || pathTags.length > 0)) return true;
    const byTag = indexOf(log);
    return all.some((tag) => {
      const [, changed, expiresMs] = byTag.get(tag) ?? NO_RECORD;
      return clock < changed && expiresMs <= this.#nowMs();
    });
  }

  /** Adds records; the reading of the clock is taken now. `pending`: Redis does not have them yet. */
  async add(records: readonly (readonly [tag: string, expiresMs: number])[]): Promise<"done" | "pending"> {
    const added = records.map(([tag, expiresMs]): LogRecord => [tag, 0, expiresMs]);
    this.#pending = [...this.#pending, ...added];
    // One that is being written does not have them.
    await this.#writing;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
    if (await this.#writing) return "done";
    this.#retrying ??= this.#retry().finally(() => {
      this.#retrying = undefined;
    });
    return "pending";
  }

  close(): void {
    this.#stopped.abort();
  }

  async #retry(): Promise<void> {
    const { signal } = this.#stopped;
    while (this.#pending.length > 0 && !signal.aborted) {
      await pause(RETRY_MS, signal);
      await this.#writing;
      if (this.#pending.length > 0 && !signal.aborted) await this.#write();
    }
  }

  /** Writes the pending records. Never rejects. */
  async #write(): Promise<boolean> {
    const records = this.#pending;
    if (records.length === 0) return true;
    let clock: number;
    try {
      clock = await this.#entries.tags.clock();
    } catch {
      return false;
    }
    const dated = records.map(([tag, , expiresMs]): LogRecord => [tag, clock, expiresMs]);
    if (!(await this.#store(dated))) return false;
    this.#pending = this.#pending.slice(records.length);
    return true;
  }

  async #store(records: readonly LogRecord[]): Promise<boolean> {
    let known: StoredLog | undefined;
    let replaces: string | undefined;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      let reading = await this.#entries.read(this.#name, { tags: [], replaces });
      if (reading.kind === "busy")
        reading = await this.#entries.wait(this.#name, { tags: [] }, reading.leaseEndsInMs);
      if (reading.kind === "away") return false;
      if (reading.kind === "found") {
        known = logIn(reading.value);
        replaces = reading.fillId;
        if (!reading.lease) continue;
      }
      const lease = reading.kind === "granted" || reading.kind === "found" ? reading.lease : undefined;
      if (!lease || !(await lease.prepare(true))) return false;
      const value = logWith(known ?? { kind: "log", since: lease.clock ?? 0, records: [] }, records);
      if (await lease.store({ value, keepMs: this.#keepMs, addedTags: [] })) {
        lease.end();
        return true;
      }
      lease.release();
      known = undefined;
      replaces = undefined;
    }
    // A log that begins anew takes all earlier entries for revalidated.
    await this.#entries.remove(this.#name);
    return true;
  }

  async #logOf(reading: EntryReading<Stored>): Promise<StoredLog | undefined> {
    switch (reading.kind) {
      case "found": {
        reading.lease?.release();
        const log = logIn(reading.value);
        this.#known = log && { log, kept: reading.toKept() };
        return log;
      }
      case "granted": {
        const { lease } = reading;
        if (!(await lease.prepare(true)) || lease.clock === undefined) return undefined;
        const log: StoredLog = { kind: "log", since: lease.clock, records: [] };
        if (await lease.store({ value: log, keepMs: this.#keepMs, addedTags: [] })) lease.end();
        else lease.release();
        return log;
      }
      case "busy":
      case "unstored":
      case "away":
        return undefined;
    }
  }
}

const NO_RECORD: LogRecord = ["", 0, 0];

const indexes = new WeakMap<StoredLog, ReadonlyMap<string, LogRecord>>();

function indexOf(log: StoredLog): ReadonlyMap<string, LogRecord> {
  const known = indexes.get(log);
  if (known) return known;
  const index = new Map(log.records.map((record) => [record[0], record]));
  indexes.set(log, index);
  return index;
}

function logIn(stored: Stored | undefined): StoredLog | undefined {
  return stored?.kind === "log" ? stored : undefined;
}

/** The newest record of each tag counts. Too many: the oldest go, and the log begins after them. */
function logWith({ since, records }: StoredLog, added: readonly LogRecord[]): StoredLog {
  const byTag = new Map(records.map((record) => [record[0], record]));
  for (const record of added) {
    byTag.delete(record[0]);
    byTag.set(record[0], record);
  }
  const all = [...byTag.values()];
  const dropped = all.splice(0, Math.max(0, all.length - defaults.maxLogged.value));
  return { kind: "log", since: Math.max(since, ...dropped.map(([, clock]) => clock)), records: all };
}
