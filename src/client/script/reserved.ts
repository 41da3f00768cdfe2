import { ArgumentError } from "../../core/errors.js";

/**
 * The keys that the client itself writes. `suffix` follows the namespace and the hash tag of a
 * script's key. No key pattern may end in such a suffix, because the client would overwrite its
 * values.
 */
export const clientKeys = {
  /**
   * The client writes it before WAIT, so WAIT covers all that the script saw; see
   * `acknowledgements`.
   */
  replicaMarker: { suffix: "}:replicated", holds: "nothing; it expires after one millisecond" },
} as const satisfies Record<string, { readonly suffix: string; readonly holds: string }>;

const suffixes = Object.values(clientKeys).map(({ suffix }) => suffix);

/** The reserved suffixes as text for a message: `}:replicated`. */
export const reservedSuffixes = suffixes.join(", ");

/** Whether a key or a key pattern has a reserved suffix. */
export function isClientKey(key: string): boolean {
  for (const suffix of suffixes) if (key.endsWith(suffix)) return true;
  return false;
}

/** The error for a call with such a key. */
export function clientKeyError(): ArgumentError {
  return new ArgumentError("args", `no key that ends in ${reservedSuffixes}: the client writes it itself`);
}
