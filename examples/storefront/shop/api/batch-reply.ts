/** What a batch says about one id. */
export type BatchResult<Value> =
  | { readonly id: string; readonly status: "found"; readonly value: Value }
  | { readonly id: string; readonly status: "not_found" };

/** The reply of a batch: a result for each id, in the order of the ids. */
export function batchReply<Value>(
  ids: readonly string[],
  found: readonly (Value | undefined)[],
): { readonly results: readonly BatchResult<Value>[] } {
  return {
    results: ids.map((id, at) => {
      const value = found[at];
      return value === undefined ? { id, status: "not_found" } : { id, status: "found", value };
    }),
  };
}
