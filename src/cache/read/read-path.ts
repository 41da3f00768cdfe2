import type { L1 } from "../l1/l1.js";
import type { TenantScripts } from "../scripts.js";
import type { TagState } from "./tag-reads.js";

/** Where tokens of tags come from. */
export interface TagSource {
  /** The states of tags, as this process knows them, or read after this call. */
  readAll(tags: Iterable<string>, deadlineMs: number): Promise<Map<string, TagState | undefined>>;
  /** The same states, or newer ones if this process has heard of a change since. */
  recheck(
    states: Map<string, TagState | undefined>,
    deadlineMs: number,
  ): Promise<Map<string, TagState | undefined>>;
}

/** The connection that reads entries, and what may enter L1. */
export interface ReadPath {
  readonly scripts: Pick<TenantScripts, "read" | "peek">;
  readonly tags: TagSource;
  /** Undefined: what is read does not enter L1. */
  readonly l1: L1 | undefined;
}
