import { isUint8Array } from "node:util/types";
import { ArgumentError, ReplyError } from "../../core/errors.js";
import type { WireType } from "./wire.js";

/** Converts raw bytes: a `Uint8Array` of the caller to a `Buffer`, and back to a `Buffer`. */
export type BytesWireType = WireType<Uint8Array, Buffer, Buffer>;

/**
 * Any `minBytes` to `maxBytes` bytes, for values that are no UTF-8.
 *
 * `encode` copies nothing: its buffer shares the memory of the caller's array. The client copies the
 * bytes before the call returns its promise, so the caller may change the array after that.
 *
 * `decode` returns a part of the reply, or a copy if the reply has more than twice as many bytes as the
 * value. So a small value does not keep a large reply in memory.
 */
export function bytesType(name: string, minBytes: number, maxBytes: number): BytesWireType {
  const length = minBytes === maxBytes ? `${minBytes}` : `${minBytes} to ${maxBytes}`;
  const expected = `${name}: a Uint8Array of ${length} bytes`;
  return {
    encode(argument, value) {
      if (!isUint8Array(value)) throw new ArgumentError(argument, expected);
      // An object of the caller may have other getters. Those of this buffer are known.
      const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
      if (bytes.length < minBytes || bytes.length > maxBytes) throw new ArgumentError(argument, expected);
      return bytes;
    },
    decode(field, value) {
      if (!Buffer.isBuffer(value)) throw new ReplyError(field, `${name}: bytes`);
      return value.length * 2 < value.buffer.byteLength ? Buffer.from(value) : value;
    },
  };
}
