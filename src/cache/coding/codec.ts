import { failureReasonOf } from "../../core/notify.js";

/** How values become bytes and back. */
export interface Codec<Value> {
  /** One character that names the codec in the header of an entry: a letter, or 1 to 9. */
  readonly id: string;
  encode(value: Value): Uint8Array;
  /**
   * The value. Bytes in it must be copies, because the buffer belongs to the connection.
   *
   * @throws Error if the bytes are no such value
   */
  decode(bytes: Buffer): Value;
}

/**
 * Decodes stored bytes.
 *
 * @throws Error without the codec's message, which may quote the value
 */
export function decoded<Value>(codec: Codec<Value>, bytes: Buffer): Value {
  try {
    return codec.decode(bytes);
  } catch (error) {
    throw new Error(`the codec ${codec.id} cannot read a stored value: ${failureReasonOf(error)}`);
  }
}

/** The id in the header of an entry without a value: the source has nothing of that name. */
export const NO_VALUE = "0";

/**
 * Values that JSON keeps: texts, numbers, flags, null, and lists and objects of them. The compiler
 * refuses others, such as a Date, which would come back as a text.
 */
export function jsonCodec<Value>(): Codec<Value> {
  return {
    id: "j",
    encode: (value) => Buffer.from(JSON.stringify(value)),
    decode: (bytes) => JSON.parse(bytes.toString("utf8")),
  };
}

/** Texts as UTF-8, such as rendered pages. A text with half of a surrogate pair comes back changed. */
export function textCodec(): Codec<string> {
  return { id: "t", encode: (value) => Buffer.from(value), decode: (bytes) => bytes.toString("utf8") };
}

/**
 * Bytes as they are.
 *
 * ```ts
 * const images = moonpath.cache({
 *   pattern: "image:<image>",
 *   freshMs: 3_600_000,
 *   codec: bytesCodec(),
 *   load: async ({ image }) => readFile(`images/${image}.webp`),
 * });
 * ```
 */
export function bytesCodec(): Codec<Uint8Array> {
  return { id: "b", encode: (value) => value, decode: (bytes) => Uint8Array.from(bytes) };
}
