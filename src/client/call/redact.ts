import { MAX_MESSAGE_LENGTH, ELLIPSIS } from "../../core/printable.js";

/** Shorter values tell nothing, and without them a message would be spoiled. */
const MIN_VALUE_LENGTH = 4;

/** A longer value is known by so many of its first units: a server may have cut the rest. */
const MAX_PREFIX_LENGTH = 64;

/** Where a message goes on after so many units, nothing of it is kept. Bounds the work on a message of megabytes. */
const MAX_SCANNED_LENGTH = 16_384;

/**
 * The message with a mark in the place of each value, and cut after a little more than the longest message. Values are
 * found before the cut, so that none is left in part. Takes time in proportion to the number of values and to the part of
 * the message that is kept.
 */
export function redacted(message: string, values: Iterable<string>): string {
  const known = indexOf(values);
  if (known.size === 0) return message.slice(0, MAX_MESSAGE_LENGTH + 1);
  const last = Math.min(message.length, MAX_SCANNED_LENGTH);
  let kept = "";
  let coveredTo = 0;
  let at = 0;
  for (; at < last && kept.length <= MAX_MESSAGE_LENGTH; at++) {
    coveredTo = Math.max(
      coveredTo,
      at + lengthOfValue(known.get(message.slice(at, at + MIN_VALUE_LENGTH)), message, at),
    );
    if (at >= coveredTo) kept += message.charAt(at);
    else if (!kept.endsWith(ELLIPSIS)) kept += ELLIPSIS;
  }
  return at < message.length && !kept.endsWith(ELLIPSIS) ? kept + ELLIPSIS : kept;
}

/** By the first units of a value: its known part, and the length of the longest value that begins so. */
type Index = ReadonlyMap<string, ReadonlyMap<string, number>>;

function indexOf(values: Iterable<string>): Index {
  const index = new Map<string, Map<string, number>>();
  for (const value of values) {
    if (value.length < MIN_VALUE_LENGTH) continue;
    const prefix = value.slice(0, MAX_PREFIX_LENGTH);
    // Redis puts spaces for line breaks.
    for (const known of new Set([prefix, prefix.replace(/[\r\n]/g, " ")])) {
      const first = known.slice(0, MIN_VALUE_LENGTH);
      const same = index.get(first) ?? new Map<string, number>();
      index.set(first, same.set(known, Math.max(same.get(known) ?? 0, value.length)));
    }
  }
  return index;
}

/** The length of the longest value that begins at this place; 0 for none. */
function lengthOfValue(
  candidates: ReadonlyMap<string, number> | undefined,
  message: string,
  at: number,
): number {
  let longest = 0;
  for (const [prefix, length] of candidates ?? []) {
    if (length > longest && message.startsWith(prefix, at)) longest = length;
  }
  return longest;
}
