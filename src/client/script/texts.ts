/**
 * A value of a reply with texts instead of buffers, also inside of lists. The bytes are read as UTF-8.
 */
export function textsOf(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return value.toString("utf8");
  return Array.isArray(value) ? value.map(textsOf) : value;
}
