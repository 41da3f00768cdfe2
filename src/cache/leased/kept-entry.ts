import type { ResolvedDefinition } from "../definition.js";
import type { StoredValue } from "../l1/values.js";
import { tokensOf } from "../read/header.js";
import type { Lookup } from "../read/lookup.js";
import { keepInL1 } from "../read/stored-values.js";
import type { TenantState } from "../tenant-state.js";
import { type CheckedEntry, headOf } from "./checks.js";

/** An entry as L1 has it. */
export interface KeptEntry<Value> extends CheckedEntry {
  readonly value: Value;
  readonly fillId: string;
}

/** Puts an entry into L1, if what was read may enter it. */
export function keep<Value>(
  { onError }: Pick<ResolvedDefinition<unknown, Value>, "onError">,
  state: TenantState,
  name: string,
  lookup: Lookup & { readonly kind: "fresh" },
  value: Value | undefined,
): void {
  const { fillId, tokens: text } = lookup.entry.header;
  const { keys } = state;
  const head = headOf(lookup.entry.stored);
  const tokens = [...(tokensOf(text) ?? [])].map(([tag, token]) => [keys.tag(tag), token] as const);
  const key = keys.entry(name);
  const kept: KeptEntry<Value> | undefined =
    value === undefined ? undefined : { value, fillId, head, key, tokens };
  keepInL1(onError, state, lookup, kept && { value: kept }, true);
}

/** The entry that `keep` has put there. It is typed as its caller has stored it. */
export function keptOf<Value>(stored: StoredValue): KeptEntry<Value>;
export function keptOf({ value }: StoredValue): unknown {
  return value;
}
