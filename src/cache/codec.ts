/** How values become bytes and back. */
export interface Codec<Value> {
  /** One character that names the codec in the header of an entry: a letter or a digit. */
  readonly id: string;
  encode(value: Value): Uint8Array;
  /** @throws Error if the bytes are no such value */
  decode(bytes: Buffer): Value;
}

/** The id in the header of an entry without a value: the source has nothing of that name. */
export const NO_VALUE = "0";

/** The compression of values that are not compressed. */
export const UNCOMPRESSED = "-";

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
