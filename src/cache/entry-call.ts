import type { Loader } from "./load/load-context.js";
import type { TenantState } from "./tenant-state.js";

/** One call for the value of an entry. */
export interface EntryCall<Fields, Value> {
  readonly state: TenantState;
  readonly entry: string;
  readonly tags: readonly string[];
  readonly fields: Fields;
  readonly loader: Loader<Fields, Value>;
  /** The loader belongs to a batch, which counts as one load. */
  readonly isBatched?: boolean;
  /** Called when the caller waits for a load of others. */
  readonly onWait?: (() => void) | undefined;
  /** A stale value is not enough. */
  readonly needsFresh?: boolean;
}

/** Names an entry among those of all tenants. */
export function keyOf({ state, entry }: { readonly state: TenantState; readonly entry: string }): string {
  return `${state.tenant}\0${entry}`;
}
