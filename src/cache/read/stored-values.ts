import { asError, notify } from "../../core/notify.js";
import { decoded, NO_VALUE } from "../coding/codec.js";
import { expanded, UNCOMPRESSED } from "../coding/compression.js";
import type { ResolvedDefinition } from "../definition.js";
import type { TenantState } from "../tenant-state.js";
import { tokensOf } from "./header.js";
import type { FoundEntry, Lookup } from "./lookup.js";

/** A value that was found. `undefined` in it: the source has none. */
export interface FoundValue<Value> {
  readonly value: Value | undefined;
}

/** The value of an entry; undefined if this process cannot read it, or must not serve it. */
export function storedValue<Fields, Value>(
  { codec, onError }: ResolvedDefinition<Fields, Value>,
  { tenant, invalidations }: TenantState,
  name: string,
  { stored, header, sentAt }: FoundEntry,
): FoundValue<Value> | undefined {
  if (invalidations.hasPending) {
    const tags = tokensOf(header.tokens)?.keys() ?? [];
    if (invalidations.covers(tenant, name, tags, sentAt)) return undefined;
  }
  if (header.coding === NO_VALUE + UNCOMPRESSED) return { value: undefined };
  const [codecId, compressionId = ""] = header.coding;
  // Another release of the service has written it. It is neither read nor overwritten.
  if (codecId !== codec.id) return undefined;
  try {
    const bytes = expanded(compressionId, stored.subarray(header.valueAt));
    return bytes && { value: decoded(codec, bytes) };
  } catch (error) {
    notify(onError, asError(error));
    return undefined;
  }
}

/** Puts a value into L1, if what was read may enter it, and ends its reading. */
export function keepInL1<Value>(
  onError: ((error: Error) => void) | undefined,
  { l1, keys }: TenantState,
  { entry, freshForMs, reading }: Lookup & { readonly kind: "fresh" },
  found: FoundValue<Value> | undefined,
  isShared = false,
): void {
  if (!l1 || !reading) return;
  try {
    const tokens = found && tokensOf(entry.header.tokens);
    if (!tokens) return;
    const byKey = new Map([...tokens].map(([tag, token]) => [keys.tag(tag), token]));
    // The reply was made after the sending, so the value is not kept longer than Redis says.
    l1.put(reading, found.value, byKey, entry.sentAt + freshForMs, entry.stored.length, isShared);
  } catch (error) {
    // The value cannot be copied.
    notify(onError, asError(error));
  } finally {
    l1.readings.end(reading);
  }
}

/** A value that several callers get. With `sharing: "copy"`, each of them gets a copy. */
export function sharedValue<Value>({ l1 }: TenantState, value: Value): Value {
  return l1 ? l1.shared(value) : value;
}
