import { textsOf } from "./texts.js";

/**
 * Reads a flat list of rows that `cmsgpack.pack` of Redis wrote. The values are as ioredis returns
 * them: integers as numbers, texts as UTF-8, lists as arrays, `true` as 1, `false` and nil as null.
 *
 * A row that begins with `true` is undefined. No reply of a script does.
 *
 * @param hasBytes strings are buffers instead: parts of `bytes`, not copies
 * @throws RangeError if the bytes are no such list
 */
export function unpackedRows(
  bytes: Buffer,
  width: number,
  hasBytes = false,
): readonly (readonly unknown[] | undefined)[] {
  return new Reader(bytes, hasBytes).rows(width);
}

/** The first bytes of values, as the specification of MessagePack names them. */
const FIXMAP = 0x80;
const FIXARRAY = 0x90;
const FIXSTR = 0xa0;
const NIL = 0xc0;
const FALSE = 0xc2;
const TRUE = 0xc3;
const FLOAT_32 = 0xca;
const FLOAT_64 = 0xcb;
const UINT_8 = 0xcc;
const UINT_16 = 0xcd;
const UINT_32 = 0xce;
const UINT_64 = 0xcf;
const INT_8 = 0xd0;
const INT_16 = 0xd1;
const INT_32 = 0xd2;
const INT_64 = 0xd3;
const STR_8 = 0xd9;
const STR_16 = 0xda;
const STR_32 = 0xdb;
const ARRAY_16 = 0xdc;
const ARRAY_32 = 0xdd;
const MAP_16 = 0xde;
const MAP_32 = 0xdf;
const NEGATIVE_FIXINT = 0xe0;

/** A part of a string keeps the whole string in memory, unless it is so short that V8 copies it. */
const MAX_COPIED_LENGTH = 12;

class Reader {
  readonly #bytes: Buffer;
  /** A character for each byte: a part of it costs less than a text of a part of the buffer. */
  readonly #text: string;
  readonly #hasBytes: boolean;
  #at = 0;

  constructor(bytes: Buffer, hasBytes: boolean) {
    this.#bytes = bytes;
    this.#hasBytes = hasBytes;
    this.#text = bytes.toString("latin1");
  }

  rows(width: number): (unknown[] | undefined)[] {
    const count = this.#listLength() / width;
    if (!Number.isInteger(count)) throw new RangeError("the packed list ends inside of a row");
    const rows: (unknown[] | undefined)[] = [];
    for (let index = 0; index < count; index++) {
      const isMarked = this.#bytes[this.#at] === TRUE;
      const row = this.#list(width);
      rows.push(isMarked ? undefined : row);
    }
    if (this.#at !== this.#bytes.length) throw new RangeError("bytes follow the packed list");
    return rows;
  }

  #listLength(): number {
    const kind = this.#unsigned(1);
    if (kind >= FIXARRAY && kind < FIXSTR) return kind - FIXARRAY;
    if (kind === ARRAY_16) return this.#unsigned(2);
    if (kind === ARRAY_32) return this.#unsigned(4);
    throw new RangeError("the packed value is no list");
  }

  #value(): unknown {
    const kind = this.#unsigned(1);
    if (kind < FIXMAP) return kind;
    if (kind < FIXARRAY) return this.#table(kind - FIXMAP);
    if (kind < FIXSTR) return this.#list(kind - FIXARRAY);
    if (kind < NIL) return this.#string(kind - FIXSTR);
    if (kind >= NEGATIVE_FIXINT) return kind - 256;
    switch (kind) {
      case NIL:
      case FALSE:
        return null;
      case TRUE:
        return 1;
      case FLOAT_32:
        return truncated(this.#bytes.readFloatBE(this.#skip(4)));
      case FLOAT_64:
        return truncated(this.#bytes.readDoubleBE(this.#skip(8)));
      case UINT_8:
        return this.#unsigned(1);
      case UINT_16:
        return this.#unsigned(2);
      case UINT_32:
        return this.#unsigned(4);
      case UINT_64:
        return this.#unsigned(4) * 2 ** 32 + this.#unsigned(4);
      case INT_8:
        return this.#bytes.readInt8(this.#skip(1));
      case INT_16:
        return this.#bytes.readInt16BE(this.#skip(2));
      case INT_32:
        return this.#bytes.readInt32BE(this.#skip(4));
      case INT_64:
        return this.#bytes.readInt32BE(this.#skip(4)) * 2 ** 32 + this.#unsigned(4);
      case STR_8:
        return this.#string(this.#unsigned(1));
      case STR_16:
        return this.#string(this.#unsigned(2));
      case STR_32:
        return this.#string(this.#unsigned(4));
      case ARRAY_16:
        return this.#list(this.#unsigned(2));
      case ARRAY_32:
        return this.#list(this.#unsigned(4));
      case MAP_16:
        return this.#table(this.#unsigned(2));
      case MAP_32:
        return this.#table(this.#unsigned(4));
      default:
        throw new RangeError(`cmsgpack writes no value that begins with ${kind}`);
    }
  }

  #list(length: number): unknown[] {
    // Each value has a byte at least. So the length may be trusted, and the array has its size at once.
    if (length > this.#bytes.length - this.#at) throw new RangeError("the packed list ends too early");
    const list = new Array<unknown>(length);
    for (let index = 0; index < length; index++) list[index] = this.#value();
    return list;
  }

  /**
   * A table that is more than a list. Redis replies with its field `ok` as a status, or else with its
   * elements from 1 to the first nil.
   */
  #table(size: number): unknown {
    const fields = new Map<unknown, unknown>();
    for (let index = 0; index < size; index++) {
      const key = textsOf(this.#value());
      fields.set(key, this.#value());
    }
    const status = fields.get("ok");
    if (typeof status === "string" || Buffer.isBuffer(status)) return status;
    const list: unknown[] = [];
    while (fields.has(list.length + 1)) list.push(fields.get(list.length + 1));
    return list;
  }

  #string(length: number): string | Buffer {
    const from = this.#skip(length);
    const to = this.#at;
    if (this.#hasBytes) return this.#bytes.subarray(from, to);
    let isCopied = length <= MAX_COPIED_LENGTH;
    for (let at = from; isCopied && at < to; at++) isCopied = this.#text.charCodeAt(at) < 0x80;
    return isCopied ? this.#text.slice(from, to) : this.#bytes.toString("utf8", from, to);
  }

  #unsigned(length: 1 | 2 | 4): number {
    const at = this.#skip(length);
    switch (length) {
      case 1:
        return this.#text.charCodeAt(at);
      case 2:
        return this.#bytes.readUInt16BE(at);
      case 4:
        return this.#bytes.readUInt32BE(at);
    }
  }

  /** Where the next bytes begin, and the reader goes on behind them. */
  #skip(length: number): number {
    const at = this.#at;
    this.#at += length;
    if (this.#at > this.#bytes.length) throw new RangeError("the packed list ends too early");
    return at;
  }
}

/** A number as Redis replies with it: without its fraction. */
function truncated(value: number): number {
  // Not -0.
  return Math.trunc(value) + 0;
}
