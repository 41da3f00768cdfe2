const SLOTS = 16_384;
const LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz";

let tags: Map<number, string> | undefined;

/**
 * The text that stands for the slot of a hash tag: the first one, by length and then in the order of
 * `0-9a-z`, that hashes to that slot. The client's `slotTag` returns the same text.
 */
export function slotTag(hashTag: string): string {
  tags ??= computeTags();
  return tags.get(slotOf(hashTag)) ?? "";
}

function computeTags(): Map<number, string> {
  const found = new Map<number, string>();
  let texts: readonly string[] = [""];
  while (found.size < SLOTS) {
    texts = texts.flatMap((text) => [...LETTERS].map((letter) => text + letter));
    for (const text of texts) {
      const slot = slotOf(text);
      if (!found.has(slot)) found.set(slot, text);
      if (found.size === SLOTS) break;
    }
  }
  return found;
}

/** CRC-16/XMODEM of the text in UTF-8, by bit. */
function slotOf(text: string): number {
  let crc = 0;
  for (const byte of Buffer.from(text)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
  }
  return crc % SLOTS;
}
