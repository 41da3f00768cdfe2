import { defaults } from "../defaults.js";
import type { EncodedCall } from "../script/script.js";

/** One call of `many` that can be sent. */
export interface PreparedCall {
  /** Its position among the caller's calls. */
  readonly position: number;
  readonly call: EncodedCall;
  /** For how many milliseconds a second run is safe; undefined if always. */
  readonly resendWithinMs: number | undefined;
}

/** The calls by a group of their first keys, each group in the order of the calls. */
export function groupsOf<Group>(
  calls: readonly PreparedCall[],
  groupOf: (key: string) => Group,
): readonly (readonly PreparedCall[])[] {
  const groups = new Map<Group, PreparedCall[]>();
  for (const prepared of calls) {
    const group = groupOf(prepared.call.keys[0] ?? "");
    const known = groups.get(group);
    if (known === undefined) groups.set(group, [prepared]);
    else known.push(prepared);
  }
  return [...groups.values()];
}

/** The calls of a group in parts of at most `limit` calls and about a megabyte. */
export function batchesOf(
  group: readonly PreparedCall[],
  limit: number,
): readonly (readonly PreparedCall[])[] {
  const batches: PreparedCall[][] = [];
  let last: PreparedCall[] = [];
  let length = 0;
  for (const prepared of group) {
    const own = lengthOf(prepared.call);
    if (last.length === limit || (last.length > 0 && length + own > defaults.maxBatchLength.value)) {
      batches.push(last);
      [last, length] = [[], 0];
    }
    last.push(prepared);
    length += own;
  }
  if (last.length > 0) batches.push(last);
  return batches;
}

/** The characters of a call's keys and arguments. */
export function lengthOf({ keys, args }: EncodedCall): number {
  let length = 0;
  for (const key of keys) length += key.length;
  for (const arg of args) length += arg.length;
  return length;
}
