import { Packr } from "msgpackr";
import type { Codec } from "./codec.js";

/**
 * MessagePack, by the package `msgpackr`: smaller than JSON, and it keeps Date, Map, Set, bigint and bytes.
 * Objects of classes come back as plain objects.
 *
 * ```ts
 * const orders = moonpath.cache({
 *   pattern: "order:<order>",
 *   freshMs: 60_000,
 *   codec: messagePackCodec<{ placedAt: Date }>(),
 *   load: async () => ({ placedAt: new Date() }),
 * });
 * ```
 */
export function messagePackCodec<Value>(): Codec<Value> {
  // Objects are records, so a Map differs from them. Each entry has its own records, and stands alone.
  const packr = new Packr({ moreTypes: true, copyBuffers: true });
  return { id: "m", encode: (value) => packr.pack(value), decode: (bytes) => packr.unpack(bytes) };
}
