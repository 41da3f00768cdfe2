import { checkedInteger } from "../../core/checks.js";

/** The number of slots of every Redis Cluster. */
export const SLOTS = 16_384;

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
  return crc16(key, tag?.start ?? 0, tag?.end ?? key.length) % SLOTS;
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

/**
 * The text that stands for the slot of a hash tag: `ebm` for `acme:lamp`. It is the first text, by
 * length and then in the order of `0-9a-z`, that hashes to the same slot.
 */
export function slotTag(hashTag: string): string {
  return tags()[crc16(hashTag, 0, hashTag.length) % SLOTS] ?? "";
}

/**
 * The text that stands for a slot, 0 to 16,383. Its length is 1 to 4.
 *
 * @throws ArgumentError
 */
export function tagOfSlot(slot: number): string {
  return tags()[checkedInteger("slot", slot, 0, SLOTS - 1)] ?? "";
}

let computedTags: readonly string[] | undefined;

function tags(): readonly string[] {
  computedTags ??= computeTags();
  return computedTags;
}

/** The bytes of the digits of base 36, in order. */
const DIGITS = Array.from({ length: 36 }, (_, digit) => digit.toString(36).charCodeAt(0));

/**
 * Tries the texts by length until each slot has one: 87,573 texts, 10 ms. The texts of a length are
 * the numbers of base 36 in order.
 */
function computeTags(): readonly string[] {
  const found = new Array<string>(SLOTS).fill("");
  let missing = SLOTS;
  let prefixes = Uint16Array.of(0);
  for (let length = 1; ; length++) {
    const checksums = new Uint16Array(prefixes.length * 36);
    for (let number = 0; number < checksums.length; number++) {
      const crc = withByte(prefixes[Math.floor(number / 36)] ?? 0, DIGITS[number % 36] ?? 0);
      checksums[number] = crc;
      if (found[crc % SLOTS] !== "") continue;
      found[crc % SLOTS] = number.toString(36).padStart(length, "0");
      missing -= 1;
      if (missing === 0) return found;
    }
    prefixes = checksums;
  }
}

/** The checksum of a text in UTF-8, to which further bytes can be added. */
export function checksumOf(text: string): number {
  return crc16(text, 0, text.length);
}

/**
 * The checksum of a part of a text in UTF-8. It encodes by itself, because a Buffer takes four times
 * as long.
 */
function crc16(text: string, start: number, end: number): number {
  let crc = 0;
  for (let index = start; index < end; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x80) {
      crc = withByte(crc, code);
    } else if (code < 0x800) {
      crc = withByte(withByte(crc, 0xc0 | (code >> 6)), 0x80 | (code & 0x3f));
    } else if (code < 0xd800 || code > 0xdfff) {
      crc = withThreeBytes(crc, code);
    } else {
      const low = code < 0xdc00 && index + 1 < end ? text.charCodeAt(index + 1) : 0;
      if (low >= 0xdc00 && low <= 0xdfff) {
        index += 1;
        const point = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        crc = withByte(withByte(crc, 0xf0 | (point >> 18)), 0x80 | ((point >> 12) & 0x3f));
        crc = withByte(withByte(crc, 0x80 | ((point >> 6) & 0x3f)), 0x80 | (point & 0x3f));
      } else {
        crc = withThreeBytes(crc, REPLACEMENT);
      }
    }
  }
  return crc;
}

/** The character that Node encodes instead of a lone surrogate. */
const REPLACEMENT = 0xfffd;

function withThreeBytes(crc: number, code: number): number {
  const first = withByte(withByte(crc, 0xe0 | (code >> 12)), 0x80 | ((code >> 6) & 0x3f));
  return withByte(first, 0x80 | (code & 0x3f));
}

/** The checksum of a text and one more byte. */
export function withByte(crc: number, byte: number): number {
  return ((crc << 8) & 0xffff) ^ (table[(crc >> 8) ^ byte] ?? 0);
}
