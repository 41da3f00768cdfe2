/** Room for the head of a list of any length. */
const HEAD_LENGTH = 5;

/** Texts up to this length are copied here. The call of a native function costs more for them. */
const MAX_COPIED_LENGTH = 96;

/** The first bytes of values, as the specification of MessagePack names them. */
const FIXARRAY = 0x90;
const FIXSTR = 0xa0;
const FLOAT_64 = 0xcb;
const UINT_16 = 0xcd;
const STR_16 = 0xda;
const STR_32 = 0xdb;
const ARRAY_16 = 0xdc;
const ARRAY_32 = 0xdd;

/**
 * Writes a flat list of numbers and texts in MessagePack, as `cmsgpack.unpack` of Redis reads it.
 * https://github.com/msgpack/msgpack/blob/master/spec.md
 */
export class PackedWriter {
  #bytes: Buffer;
  #at = HEAD_LENGTH;
  #count = 0;
  /** Where the values after the last `begin` start. */
  #beganAt = HEAD_LENGTH;
  #beganCount = 0;

  /** @param size the first size of its memory in bytes; it grows */
  constructor(size: number) {
    this.#bytes = Buffer.allocUnsafe(size);
  }

  /** The number of values. */
  get count(): number {
    return this.#count;
  }

  /** The bytes of its memory. */
  get size(): number {
    return this.#bytes.length;
  }

  /** The bytes of all values. */
  get length(): number {
    return this.#at - HEAD_LENGTH;
  }

  /** A whole number of at most 53 bits. */
  integer(value: number): void {
    this.#reserve(9);
    const bytes = this.#bytes;
    let at = this.#at;
    if (value >= 0 && value < 0x80) bytes[at++] = value;
    else if (value >= 0 && value < 0x1_0000) {
      bytes[at++] = UINT_16;
      bytes[at++] = value >> 8;
      bytes[at++] = value;
    } else {
      bytes[at] = FLOAT_64;
      at = bytes.writeDoubleBE(value, at + 1);
    }
    this.#at = at;
    this.#count++;
  }

  text(value: string): void {
    if (value.length <= MAX_COPIED_LENGTH && this.#copied(value)) return;
    const byteLength = Buffer.byteLength(value, "utf8");
    this.#reserve(byteLength + 5);
    const at = textHead(this.#bytes, this.#at, byteLength);
    this.#at = at + this.#bytes.write(value, at, "utf8");
    this.#count++;
  }

  /**
   * A text, or bytes as they are. Bytes are a string of MessagePack too, because `cmsgpack` of Redis
   * cannot read its binary type.
   */
  value(value: string | Buffer): void {
    if (typeof value === "string") {
      this.text(value);
      return;
    }
    this.#reserve(value.length + HEAD_LENGTH);
    const at = textHead(this.#bytes, this.#at, value.length);
    this.#at = at + value.copy(this.#bytes, at);
    this.#count++;
  }

  /** Begins the values of another call. `undo` drops them. */
  begin(): void {
    this.#beganAt = this.#at;
    this.#beganCount = this.#count;
  }

  /** Drops what was written since the last `begin`. */
  undo(): void {
    this.#at = this.#beganAt;
    this.#count = this.#beganCount;
  }

  /** Moves what was written since the last `begin` to another list. */
  moveTo(other: PackedWriter): void {
    const [from, to] = [this.#beganAt, this.#at];
    other.begin();
    other.#reserve(to - from);
    this.#bytes.copy(other.#bytes, other.#at, from, to);
    other.#at += to - from;
    other.#count += this.#count - this.#beganCount;
    this.undo();
  }

  /** Takes other memory. */
  detach(): void {
    this.#bytes = Buffer.from(this.#bytes);
  }

  /** Drops all values. */
  clear(): void {
    this.#at = HEAD_LENGTH;
    this.#count = 0;
    this.begin();
  }

  /** The list of all values. It is valid until the next change. */
  list(): Buffer {
    const bytes = this.#bytes;
    const count = this.#count;
    if (count < 0x10) {
      bytes[HEAD_LENGTH - 1] = FIXARRAY | count;
      return bytes.subarray(HEAD_LENGTH - 1, this.#at);
    }
    if (count < 0x1_0000) {
      bytes[HEAD_LENGTH - 3] = ARRAY_16;
      bytes.writeUInt16BE(count, HEAD_LENGTH - 2);
      return bytes.subarray(HEAD_LENGTH - 3, this.#at);
    }
    bytes[0] = ARRAY_32;
    bytes.writeUInt32BE(count, 1);
    return bytes.subarray(0, this.#at);
  }

  /** All values as texts: those that `integer` wrote in decimal. Bytes that are no UTF-8 are lost. */
  texts(): readonly string[] {
    return this.#values((from, to) => this.#bytes.toString("utf8", from, to));
  }

  /** As `texts`, but with buffers for what `text` and `value` wrote. They are valid until the next change. */
  views(): readonly (string | Buffer)[] {
    return this.#values((from, to) => this.#bytes.subarray(from, to));
  }

  /** @param part the value of the bytes from one position to another */
  #values<Part>(part: (from: number, to: number) => Part): (string | Part)[] {
    const bytes = this.#bytes;
    const values: (string | Part)[] = [];
    for (let at = HEAD_LENGTH; at < this.#at; ) {
      const kind = bytes[at++] ?? 0;
      if (kind < 0x80) values.push(String(kind));
      else if (kind === UINT_16) {
        values.push(String(bytes.readUInt16BE(at)));
        at += 2;
      } else if (kind === FLOAT_64) {
        values.push(String(bytes.readDoubleBE(at)));
        at += 8;
      } else {
        let length = kind - FIXSTR;
        if (kind === STR_16) {
          length = bytes.readUInt16BE(at);
          at += 2;
        } else if (kind === STR_32) {
          length = bytes.readUInt32BE(at);
          at += 4;
        }
        values.push(part(at, at + length));
        at += length;
      }
    }
    return values;
  }

  /** Writes a short text of ASCII; false if it has other characters. */
  #copied(value: string): boolean {
    const { length } = value;
    this.#reserve(length + 3);
    const bytes = this.#bytes;
    let at = textHead(bytes, this.#at, length);
    for (let index = 0; index < length; index++) {
      const code = value.charCodeAt(index);
      if (code >= 0x80) return false;
      bytes[at++] = code;
    }
    this.#at = at;
    this.#count++;
    return true;
  }

  #reserve(length: number): void {
    const needed = this.#at + length;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}

/** Writes the head of a text, and returns where its bytes begin. */
function textHead(bytes: Buffer, at: number, byteLength: number): number {
  if (byteLength < 0x20) {
    bytes[at] = FIXSTR | byteLength;
    return at + 1;
  }
  if (byteLength < 0x1_0000) {
    bytes[at] = STR_16;
    bytes[at + 1] = byteLength >> 8;
    bytes[at + 2] = byteLength;
    return at + 3;
  }
  bytes[at] = STR_32;
  return bytes.writeUInt32BE(byteLength, at + 1);
}

/** The arguments as a flat list in MessagePack. */
export function packedArguments(args: readonly (string | Buffer)[]): Buffer {
  let size = HEAD_LENGTH;
  for (const arg of args) size += arg.length + HEAD_LENGTH;
  const writer = new PackedWriter(size);
  for (const arg of args) writer.value(arg);
  return writer.list();
}
