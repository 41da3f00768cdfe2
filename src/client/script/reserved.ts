/**
 * Every key that the client writes by itself, beside the keys of scripts. `suffix` follows the namespace and the hash
 * tag of a script's key. No key pattern may end in one of these: the client would overwrite its values.
 */
export const clientKeys = {
  /** Written before WAIT, so that WAIT covers all that the script saw; see `acknowledgements`. */
  replicaMarker: { suffix: "}:replicated", holds: "nothing; it expires after one millisecond" },
} as const satisfies Record<string, { readonly suffix: string; readonly holds: string }>;

const suffixes = Object.values(clientKeys).map(({ suffix }) => suffix);

/** The reserved suffixes, for a message: `}:replicated`. */
export const reservedSuffixes = suffixes.join(", ");

/** Whether a key, or a pattern of keys, belongs to the client alone. */
export function isClientKey(key: string): boolean {
  return suffixes.some((suffix) => key.endsWith(suffix));
}
