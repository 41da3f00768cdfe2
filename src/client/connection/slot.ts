const SLOTS = 16_384;

/**
 * CRC-16/XMODEM by byte; https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/
 */
const table = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  return crc & 0xffff;
});

/** The cluster slot of a key. Redis hashes the key's hash tag, or the whole key if it has none. */
export function slotOf(key: string): number {
  const tag = hashTagOf(key);
  const hashed = tag ? key.slice(tag.start, tag.end) : key;
  let crc = 0;
  for (const byte of Buffer.from(hashed)) crc = ((crc << 8) & 0xffff) ^ (table[(crc >> 8) ^ byte] ?? 0);
  return crc % SLOTS;
}

/**
 * The start and end of a key's hash tag, without its braces. Undefined for a key without one, such
 * as `a{}b`.
 */
export function hashTagOf(key: string): { readonly start: number; readonly end: number } | undefined {
  const open = key.indexOf("{");
  const close = open < 0 ? -1 : key.indexOf("}", open + 1);
  return close > open + 1 ? { start: open + 1, end: close } : undefined;
}
