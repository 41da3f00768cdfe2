import type { Listening } from "../client/index.js";
import type { Circuit } from "../core/circuit.js";
import type { QuotaError } from "../core/errors.js";
import type { L1 } from "./l1/l1.js";
import { TenantValues } from "./l1/tenant-values.js";
import { TrackedTags } from "./l1/tracked-tags.js";
import { LoadTags } from "./load/load-tags.js";
import type { CountedEntry, TenantQuota, Watched } from "./quota/tenant-quota.js";
import { EVERY_ENTRY } from "./read/header.js";
import { EntryReads } from "./read/lookup.js";
import { QuickReads } from "./read/quick-reads.js";
import type { ReadPath } from "./read/read-path.js";
import type { SharedReads } from "./read/shared-reads.js";
import { TagReads } from "./read/tag-reads.js";
import type { TenantScripts } from "./scripts.js";
import type { MemoryGuard } from "./server/memory-guard.js";
import type { TenantKeys } from "./tenant-keys.js";
import type { Invalidations } from "./write/invalidations.js";

/** L1, and the scripts over tracked connections. */
export interface TenantL1 {
  readonly memory: L1;
  readonly scripts: Pick<TenantScripts, "read" | "peek" | "readTag">;
  /** Whether messages arrive. */
  readonly isWorking: boolean;
  /** See `TenantState.caughtUp`. */
  caughtUp(timeoutMs: number): Promise<boolean>;
}

const WITHOUT_L1 = Promise.resolve(true);

function trackedPath({ memory, scripts }: TenantL1, { tag }: TenantKeys): ReadPath {
  return { scripts, tags: new TrackedTags(memory, new TagReads(scripts), tag), l1: memory };
}

/** What all caches of one tenant share in a process. */
export class TenantState {
  readonly tagReads: TagReads;
  readonly loadTags: LoadTags;
  readonly reads: EntryReads;
  readonly l1: L1 | undefined;
  readonly #caughtUp: TenantL1["caughtUp"] | undefined;
  /** The hits in L1. */
  readonly values: TenantValues | undefined;
  /** Undefined if scripts read: on a cluster, and with L1, whose readings are tracked. */
  readonly quick: QuickReads | undefined;

  constructor(
    readonly tenant: string,
    readonly scripts: TenantScripts,
    readonly circuit: Circuit,
    readonly invalidations: Invalidations,
    /** Calls `wake` when the lease of an entry ends in any way but by time. */
    readonly listen: (entry: string, wake: () => void) => Listening,
    /** The keys of entries and tags. */
    readonly keys: TenantKeys,
    l1: TenantL1 | undefined,
    shared: SharedReads | undefined,
    readonly memory: MemoryGuard,
    readonly quota: TenantQuota | undefined,
  ) {
    this.tagReads = new TagReads(scripts);
    this.loadTags = new LoadTags(scripts, this.tagReads);
    const direct: ReadPath = { scripts, tags: this.tagReads, l1: undefined };
    const tracked = l1 && trackedPath(l1, this.keys);
    const pathOf = tracked ? () => (l1.isWorking ? tracked : direct) : () => direct;
    this.reads = new EntryReads(scripts, pathOf, direct, this.keys.entry);
    this.l1 = l1?.memory;
    this.#caughtUp = l1 && ((timeoutMs) => l1.caughtUp(timeoutMs));
    this.values = l1 && new TenantValues(l1.memory, this.keys.entry);
    this.quick = l1 || !shared ? undefined : new QuickReads(shared, this.keys);
  }

  /**
   * Whether L1 knows all changes from before this call, within this time. Else it may be older than what
   * other processes have been told. True without L1. Never rejects.
   */
  caughtUp(timeoutMs: number): Promise<boolean> {
    return this.#caughtUp?.(timeoutMs) ?? WITHOUT_L1;
  }

  /**
   * Stores an entry, unless the quota of the tenant has no room for it.
   *
   * @param stored what `store` returns if it has stored the entry
   */
  storing<Outcome extends string>(
    counted: CountedEntry,
    deadlineMs: number,
    watched: Watched,
    stored: Outcome,
    store: () => Promise<Outcome>,
  ): Promise<Outcome | QuotaError> {
    return this.quota ? this.quota.storing(counted, deadlineMs, watched, stored, store) : store();
  }

  /** An entry, or what all entries have, was removed. The quota no longer counts it. */
  removed(kind: "entry" | "tag", name: string): void {
    if (kind === "entry") this.quota?.removed(name);
    else if (name === EVERY_ENTRY) this.quota?.reset();
  }

  /** Forgets what this process knows of it. Call it when a change is sent, and at its reply. */
  forget(kind: "entry" | "tag", name: string): void {
    this.l1?.forget(this.keys[kind](name));
  }
}
