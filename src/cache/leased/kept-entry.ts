import type { ResolvedDefinition } from "../definition.js";
import type { StoredValue } from "../l1/values.js";
import { tokensOf } from "../read/header.js";
import type { FoundEntry, Lookup } from "../read/lookup.js";
import { keepInL1 } from "../read/stored-values.js";
import type { TenantKeys } from "../tenant-keys.js";
import type { TenantState } from "../tenant-state.js";
import { type CheckedEntry, headOf } from "./checks.js";

/** An entry as L1 has it. */
export interface KeptEntry<Value> extends CheckedEntry {
  readonly value: Value;
  readonly fillId: string;
}

/** What a reading has found, as `EntryChecks` compares it. */
export function keptEntry<Value>(
  keys: TenantKeys,
  name: string,
  { stored, header }: FoundEntry,
  value: Value,
): KeptEntry<Value> {
  const tokens = [...(tokensOf(header.tokens) ?? [])].map(([tag, token]) => [keys.tag(tag), token] as const);
  return { value, fillId: header.fillId, head: headOf(stored), key: keys.entry(name), tokens };
}

/** Puts an entry into L1, if what was read may enter it. */
export function keep<Value>(
  { onError }: Pick<ResolvedDefinition<unknown, Value>, "onError">,
  state: TenantState,
  name: string,
  lookup: Lookup & { readonly kind: "fresh" },
  value: Value | undefined,
): void {
  const kept = value === undefined ? undefined : keptEntry(state.keys, name, lookup.entry, value);
  keepInL1(onError, state, lookup, kept && { value: kept }, true);
}

/** The entry that `keep` has put there. It is typed as its caller has stored it. */
export function keptOf<Value>(stored: StoredValue): KeptEntry<Value>;
export function keptOf({ value }: StoredValue): unknown {
  return value;
}
