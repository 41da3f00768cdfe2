import type { Listening } from "../client/index.js";
import type { Circuit } from "../core/circuit.js";
import type { Invalidations } from "./invalidations.js";
import { LoadTags } from "./load-tags.js";
import { EntryReads } from "./lookup.js";
import type { TenantScripts } from "./scripts.js";
import { TagReads } from "./tag-reads.js";

/** What all caches of one tenant share in a process. */
export class TenantState {
  readonly tagReads: TagReads;
  readonly loadTags: LoadTags;
  readonly reads: EntryReads;

  constructor(
    readonly tenant: string,
    readonly scripts: TenantScripts,
    readonly circuit: Circuit,
    readonly invalidations: Invalidations,
    /** Calls `wake` when the lease of an entry ends in any way but by time. */
    readonly listen: (entry: string, wake: () => void) => Listening,
  ) {
    this.tagReads = new TagReads(scripts);
    this.loadTags = new LoadTags(scripts, this.tagReads);
    this.reads = new EntryReads(scripts, this.tagReads);
  }
}
