import { LONGEST_MESSAGE, MARK } from "../../core/printable.js";

/** Shorter values tell nothing, and without them a message would be spoiled. */
const SHORTEST = 4;

/** A longer value is known by so many of its first units: a server may have cut the rest. */
const LONGEST_PREFIX = 64;

/** Where a message goes on after so many units, nothing of it is kept. Bounds the work on a message of megabytes. */
const MOST_SCANNED = 16_384;

/**
 * The message with a mark in the place of each value, and cut after a little more than the longest message. Values are
 * found before the cut, so that none is left in part. Takes time in proportion to the number of values and to the part of
 * the message that is kept.
 */
export function redacted(message: string, values: Iterable<string>): string {
  const known = indexOf(values);
  if (known.size === 0) return message.slice(0, LONGEST_MESSAGE + 1);
  const last = Math.min(message.length, MOST_SCANNED);
  let kept = "";
  let coveredTo = 0;
  let at = 0;
  for (; at < last && kept.length <= LONGEST_MESSAGE; at++) {
    coveredTo = Math.max(
      coveredTo,
      at + lengthOfValue(known.get(message.slice(at, at + SHORTEST)), message, at),
    );
    if (at >= coveredTo) kept += message.charAt(at);
    else if (!kept.endsWith(MARK)) kept += MARK;
  }
  return at < message.length && !kept.endsWith(MARK) ? kept + MARK : kept;
}

/** By the first units of a value: its known part, and the length of the longest value that begins so. */
type Index = ReadonlyMap<string, ReadonlyMap<string, number>>;

function indexOf(values: Iterable<string>): Index {
  const index = new Map<string, Map<string, number>>();
  for (const value of values) {
    if (value.length < SHORTEST) continue;
    const prefix = value.slice(0, LONGEST_PREFIX);
    // Redis puts spaces for line breaks.
    for (const known of new Set([prefix, prefix.replace(/[\r\n]/g, " ")])) {
      const first = known.slice(0, SHORTEST);
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
