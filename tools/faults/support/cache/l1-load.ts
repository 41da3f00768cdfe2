import { setTimeout as pause } from "node:timers/promises";
import type { Cluster, Redis } from "ioredis";
import { cacheDefaults } from "../../../../src/cache/defaults.js";
import { memoryL1 } from "../../../../src/cache/l1/memory-l1.js";
import {
  createMoonpath,
  type InvalidationOutcome,
  type Moonpath,
  type TenantCache,
} from "../../../../src/index.js";
import type { FaultRun } from "../../fault-run.js";

/** After this time, L1 must not serve what was invalidated. */
export const BOUND_MS = cacheDefaults.heartbeatMs.value;

const READERS = 2;
const ENTRIES = 24;
const READ_EVERY_MS = 2;
const CHANGE_EVERY_MS = 15;
/** A failover may take seconds, and then processes repeat their invalidations. */
const END_LIMIT_MS = 20_000;

interface Row {
  readonly version: number;
}

type Rows = Pick<TenantCache<{ readonly entry: string | number }, Row>, "getOrLoad" | "invalidate">;

/** The same, for the process that changes them. */
interface ChangedRows extends Rows {
  invalidateTag(entry: number, minReplicas: number): Promise<InvalidationOutcome>;
}

/** What readers have seen. */
export interface L1Tally {
  calls: number;
  /** Answers of L1: the same object as before. */
  inL1: number;
  failed: number;
  /** Changes that were confirmed, and those that were pending. */
  confirmed: number;
  pending: number;
  /** Answers with an older version than was confirmed before the call, and the age of the oldest one. */
  old: number;
  oldestMs: number;
  /** Of these, the answers beyond the bound. */
  beyond: number;
  /** Entries of which a reader kept an old version. */
  kept: number;
}

function newL1Tally(): L1Tally {
  return {
    calls: 0,
    inL1: 0,
    failed: 0,
    confirmed: 0,
    pending: 0,
    old: 0,
    oldestMs: 0,
    beyond: 0,
    kept: 0,
  };
}

interface L1LoadOptions {
  readonly namespace: string;
  /** A connection of a reader. */
  readonly reader: () => Redis | Cluster;
  readonly writer: Redis | Cluster;
  /** The replicas that confirm an invalidation. Default 0. */
  readonly minReplicas?: number;
  /** The control: values in a map, which nobody invalidates. */
  readonly isUntracked?: boolean;
}

/** Readers with L1, and another process that changes their entries all the time. */
export class L1Load {
  readonly #run: FaultRun;
  readonly #minReplicas: number;
  readonly #writer: Moonpath;
  readonly #readers: readonly Rows[];
  readonly #versions = new Array<number>(ENTRIES).fill(0);
  /** By entry: the times at which its versions were confirmed, or a later one was. */
  readonly #confirmedAt: number[][] = Array.from({ length: ENTRIES }, () => [0]);
  readonly #tally = newL1Tally();
  readonly #loops: Promise<void>[];
  readonly #last: (Row | undefined)[][];
  #isOver = false;

  constructor(run: FaultRun, options: L1LoadOptions) {
    const { namespace, reader, writer, minReplicas = 0, isUntracked = false } = options;
    this.#run = run;
    this.#minReplicas = minReplicas;
    this.#writer = run.onClose(createMoonpath(writer, { namespace }), (moonpath) => moonpath.close());
    this.#readers = Array.from({ length: READERS }, () => {
      const cache = isUntracked ? {} : { l1: memoryL1() };
      const moonpath = createMoonpath(reader(), { namespace, cache });
      run.onClose(moonpath, () => moonpath.close());
      return isUntracked ? mapped(this.#rowsOf(moonpath)) : this.#rowsOf(moonpath);
    });
    this.#last = this.#readers.map(() => []);
    this.#loops = [
      ...this.#readers.flatMap((rows, own) => [this.#read(rows, own, 0), this.#read(rows, own, 1)]),
      this.#change(this.#rowsOf(this.#writer)),
    ];
  }

  /** Resolves when L1 answers. */
  async inL1(): Promise<void> {
    const before = this.#tally.inL1;
    while (this.#tally.inL1 < before + READERS * 10) {
      this.#run.signal.throwIfAborted();
      await pause(20);
    }
  }

  /** Ends the changes. Resolves when all readers have the present versions. */
  async end(limitMs = END_LIMIT_MS): Promise<L1Tally> {
    this.#isOver = true;
    await Promise.all(this.#loops);
    const until = performance.now() + limitMs;
    for (const [entry, version] of this.#versions.entries()) {
      for (const rows of this.#readers) {
        const isOld = async () => ((await rows.getOrLoad({ entry }))?.version ?? -1) < version;
        while (await isOld()) {
          if (performance.now() > until) {
            this.#tally.kept++;
            break;
          }
          await pause(20);
        }
      }
    }
    return this.#tally;
  }

  #rowsOf(moonpath: Moonpath): ChangedRows {
    const rows = moonpath
      .cache({
        pattern: "row:<entry>",
        freshMs: 600_000,
        earlyRefresh: 0,
        tags: ({ entry }) => [`tag-${entry}`],
        load: async ({ entry }): Promise<Row> => {
          const version = this.#versions[Number(entry)] ?? 0;
          await pause(1);
          return { version };
        },
      })
      .tenant("shop");
    return {
      getOrLoad: (fields) => rows.getOrLoad(fields),
      invalidate: (fields, options) => rows.invalidate(fields, options),
      invalidateTag: (entry, minReplicas) =>
        moonpath.tenant("shop").cache.invalidateTags([`tag-${entry}`], { minReplicas }),
    };
  }

  async #read(rows: Rows, own: number, offset: number): Promise<void> {
    for (let number = offset; !this.#isOver && !this.#run.signal.aborted; number += 5) {
      const entry = number % ENTRIES;
      const calledAt = performance.now();
      const row = await rows.getOrLoad({ entry }).catch(() => undefined);
      this.#tally.calls++;
      if (!row) this.#tally.failed++;
      else this.#compare(own, entry, row, calledAt);
      await pause(READ_EVERY_MS);
    }
  }

  #compare(own: number, entry: number, row: Row, calledAt: number): void {
    const last = this.#last[own];
    if (last?.[entry] === row) this.#tally.inL1++;
    else if (last) last[entry] = row;
    // The first newer version that was confirmed.
    const confirmedAt = this.#confirmedAt[entry]?.[row.version + 1];
    if (confirmedAt === undefined || confirmedAt > calledAt) return;
    const ageMs = calledAt - confirmedAt;
    this.#tally.old++;
    this.#tally.oldestMs = Math.max(this.#tally.oldestMs, ageMs);
    if (ageMs > BOUND_MS) this.#tally.beyond++;
  }

  async #change(rows: ChangedRows): Promise<void> {
    const minReplicas = this.#minReplicas;
    for (let number = 0; !this.#isOver && !this.#run.signal.aborted; number++) {
      const entry = (number * 7) % ENTRIES;
      const version = (this.#versions[entry] ?? 0) + 1;
      this.#versions[entry] = version;
      const outcome = await (number % 3 === 0
        ? rows.invalidateTag(entry, minReplicas)
        : rows.invalidate({ entry }, { minReplicas }));
      if (outcome === "done") this.#confirm(entry, version);
      else this.#tally.pending++;
      await pause(CHANGE_EVERY_MS);
    }
  }

  #confirm(entry: number, version: number): void {
    this.#tally.confirmed++;
    const times = this.#confirmedAt[entry] ?? [];
    // An invalidation also confirms the versions before it.
    for (let earlier = times.length; earlier <= version; earlier++) times[earlier] = performance.now();
  }
}

/** Keeps values in a map, as an L1 without messages of the server does. */
function mapped(rows: Rows): Rows {
  const known = new Map<string | number, Row>();
  return {
    async getOrLoad({ entry }) {
      const row = known.get(entry) ?? (await rows.getOrLoad({ entry }));
      if (row) known.set(entry, row);
      return row;
    },
    invalidate: (fields, options) => rows.invalidate(fields, options),
  };
}
