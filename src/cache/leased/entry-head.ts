/** Where the part of a header up to the fill id ends. */
export const HEAD_END = 29;

/** The part of an entry that a check compares. */
export function headOf(stored: Buffer): Buffer {
  return Buffer.from(stored.subarray(0, HEAD_END + 1));
}
