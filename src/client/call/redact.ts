import { ELLIPSIS, MAX_MESSAGE_LENGTH } from "../../core/printable.js";

/**
 * Shorter values stay in the message: they reveal little, and words of Redis often contain them.
 */
const MIN_VALUE_LENGTH = 4;

/** A longer value is recognised by its first units, because a server may have cut the rest. */
const MAX_PREFIX_LENGTH = 64;

/**
 * Nothing after so many units of a message is kept. This bounds the work on a message of megabytes.
 */
const MAX_SCANNED_LENGTH = 16_384;

/**
 * The message with an ellipsis in place of each value, cut a little above the maximum length.
 * Values are replaced before the cut, so no part of a value remains. Time: O(values + kept part of
 * the message).
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

/** More bytes than a message has units are never compared. */
const MAX_COMPARED_BYTES = 4 * MAX_SCANNED_LENGTH;

/**
 * How an argument may stand in a message. Bytes are read as UTF-8, as the Redis library reads the
 * message. A server may write only those before the first zero byte.
 */
export function textsIn(arg: string | Buffer): readonly string[] {
  if (typeof arg === "string") return [arg];
  const text = arg.toString("utf8", 0, MAX_COMPARED_BYTES);
  const end = text.indexOf("\0");
  return end < 0 ? [text] : [text, text.slice(0, end)];
}

/**
 * From the first units of a value to its prefix, and to the length of the longest value with that
 * prefix.
 */
type Index = ReadonlyMap<string, ReadonlyMap<string, number>>;

function indexOf(values: Iterable<string>): Index {
  const index = new Map<string, Map<string, number>>();
  for (const value of values) {
    if (value.length < MIN_VALUE_LENGTH) continue;
    const prefix = value.slice(0, MAX_PREFIX_LENGTH);
    // Redis replaces line breaks by spaces.
    for (const known of new Set([prefix, prefix.replace(/[\r\n]/g, " ")])) {
      const first = known.slice(0, MIN_VALUE_LENGTH);
      const same = index.get(first) ?? new Map<string, number>();
      index.set(first, same.set(known, Math.max(same.get(known) ?? 0, value.length)));
    }
  }
  return index;
}

/** The length of the longest value that begins at this position; 0 for none. */
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
