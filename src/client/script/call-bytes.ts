import { SLOTS, slotOf, withByte } from "../connection/slot.js";
import type { EncodedCall, Scope } from "./encoded-call.js";
import { PackedWriter } from "./packed-writer.js";
import { clientKeyError, isClientKey } from "./reserved.js";
import { keyStartOf } from "./scope.js";

/** Room in front of the keys, for the head of the command. */
const HEAD_LENGTH = 96;

/** Room for the length of a key, `$10\r\n` to `$99\r\n`. Few keys have another length. */
const LENGTH_ROOM = 5;

/** Room for what stands around the list of arguments. */
const LIST_ROOM = 16;

const DOLLAR = 0x24;
const CR = 0x0d;
const LF = 0x0a;
const ZERO = 0x30;

/**
 * The keys and arguments of several calls, as one command has them: the keys as bulk strings of RESP,
 * the arguments as a list in MessagePack. Generated code writes each call in one pass, which also
 * checks it and computes its slot.
 *
 * ```ts
 * function write(call: CallBytes): void {
 *   call.beginKey(scope);
 *   call.keyPart("lamp");
 *   call.endTag("}:stock");
 *   call.endKey();
 *   call.args.integer(2);
 * }
 * ```
 */
export class CallBytes {
  readonly args: PackedWriter;
  #keys: Buffer;
  #keysAt = HEAD_LENGTH;
  /** Where the keys of the last call start. */
  #beganAt = HEAD_LENGTH;
  /** Where the text of the last key starts. */
  #keyAt = HEAD_LENGTH;
  #crc = 0;
  #slot = -1;
  #keyCount = 0;
  #beganKeyCount = 0;

  /** @param keysSize, argsSize the first sizes of its memory in bytes; it grows */
  constructor(keysSize: number, argsSize: number) {
    this.#keys = Buffer.allocUnsafe(HEAD_LENGTH + keysSize);
    this.args = new PackedWriter(argsSize);
  }

  /** The slot of the last call's first key; -1 if it has no key. */
  get slot(): number {
    return this.#slot;
  }

  /** The number of keys. */
  get keyCount(): number {
    return this.#keyCount;
  }

  /** The bytes of all keys and arguments. */
  get length(): number {
    return this.#keysAt - HEAD_LENGTH + this.args.length;
  }

  /** The bytes of its memory. */
  get size(): number {
    return this.#keys.length + this.args.size;
  }

  /** Begins another call. `undo` drops it. */
  begin(): void {
    this.#beganAt = this.#keysAt;
    this.#beganKeyCount = this.#keyCount;
    this.#slot = -1;
    this.args.begin();
  }

  /** Drops the last call. */
  undo(): void {
    this.#keysAt = this.#beganAt;
    this.#keyCount = this.#beganKeyCount;
    this.args.undo();
  }

  /** Moves the last call to other bytes. */
  moveTo(other: CallBytes): void {
    const [from, to] = [this.#beganAt, this.#keysAt];
    other.begin();
    other.#reserve(to - from);
    this.#keys.copy(other.#keys, other.#keysAt, from, to);
    other.#keysAt += to - from;
    other.#keyCount += this.#keyCount - this.#beganKeyCount;
    other.#slot = this.#slot;
    this.args.moveTo(other.args);
    this.#keysAt = from;
    this.#keyCount = this.#beganKeyCount;
  }

  /** Takes other memory, because a socket may still send the present one. */
  detach(): void {
    this.#keys = Buffer.from(this.#keys);
    this.args.detach();
  }

  /** Drops all calls. */
  clear(): void {
    this.#keysAt = HEAD_LENGTH;
    this.#keyCount = 0;
    this.args.clear();
    this.begin();
  }

  /** Begins a key with the namespace, `:{`, the tenant and `:`. */
  beginKey(scope: Scope): void {
    const { text, crc } = keyStartOf(scope);
    this.#startKey(text.length);
    this.#write(text);
    this.#crc = crc;
  }

  /** Writes a part of a key; false if it has other characters than those of ASCII, or braces. */
  plainKeyPart(text: string): boolean {
    const { length } = text;
    this.#reserve(length);
    const keys = this.#keys;
    let crc = this.#crc;
    let at = this.#keysAt;
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index);
      if (code < 0x20 || code > 0x7e || code === 0x7b || code === 0x7d) return false;
      crc = withByte(crc, code);
      keys[at++] = code;
    }
    this.#crc = crc;
    this.#keysAt = at;
    return true;
  }

  /** Writes any part of a key. */
  keyPart(text: string): void {
    this.#reserve(text.length * 3);
    const from = this.#keysAt;
    this.#keysAt += this.#keys.write(text, from, "utf8");
    for (let at = from; at < this.#keysAt; at++) this.#crc = withByte(this.#crc, this.#keys[at] ?? 0);
  }

  /** Writes the end of the hash tag and the text behind it: `}:stock`. */
  endTag(text: string): void {
    if (this.#slot < 0) this.#slot = this.#crc % SLOTS;
    this.#reserve(text.length);
    this.#write(text);
  }

  endKey(): void {
    const textAt = this.#keyAt + LENGTH_ROOM;
    const length = this.#keysAt - textAt;
    this.#reserve(3);
    if (length > 9 && length < 100) {
      const keys = this.#keys;
      let at = this.#keyAt;
      keys[at++] = DOLLAR;
      keys[at++] = ZERO + Math.floor(length / 10);
      keys[at++] = ZERO + (length % 10);
      keys[at++] = CR;
      keys[at] = LF;
    } else {
      const head = `$${length}\r\n`;
      const shift = head.length - LENGTH_ROOM;
      this.#reserve(shift + 2);
      this.#keys.copyWithin(textAt + shift, textAt, this.#keysAt);
      this.#keys.write(head, this.#keyAt, "latin1");
      this.#keysAt += shift;
    }
    this.#keys[this.#keysAt++] = CR;
    this.#keys[this.#keysAt++] = LF;
    this.#keyCount++;
  }

  /**
   * Writes a whole key.
   *
   * @throws ArgumentError if it is a key that the client itself writes
   */
  key(text: string): void {
    if (isClientKey(text)) throw clientKeyError();
    if (this.#slot < 0) this.#slot = slotOf(text);
    this.#startKey(0);
    this.keyPart(text);
    this.endKey();
  }

  /** Writes a call that is encoded already. `counted`: the number of arguments first. */
  encoded({ keys, args }: EncodedCall, counted: boolean): void {
    for (const key of keys) this.key(key);
    if (counted) this.args.integer(args.length);
    for (const arg of args) this.args.value(arg);
  }

  /** The keys as bulk strings. */
  keys(): Buffer {
    return this.#keys.subarray(HEAD_LENGTH, this.#keysAt);
  }

  /** The keys as bulk strings, in a text. */
  keysText(): string {
    return this.#keys.toString("utf8", HEAD_LENGTH, this.#keysAt);
  }

  /**
   * The whole command: the head, the keys, and the arguments as one list. It is valid until the next
   * change.
   */
  command(head: string): Buffer {
    const from = HEAD_LENGTH - head.length;
    const { args } = this;
    if (args.count === 0) {
      this.#keys.write(head, from, "latin1");
      return this.#keys.subarray(from, this.#keysAt);
    }
    const list = args.list();
    this.#reserve(list.length + LIST_ROOM);
    const keys = this.#keys;
    keys.write(head, from, "latin1");
    let at = this.#keysAt;
    at += keys.write(`$${list.length}\r\n`, at, "latin1");
    at += list.copy(keys, at);
    keys[at++] = CR;
    keys[at++] = LF;
    return keys.subarray(from, at);
  }

  #startKey(length: number): void {
    this.#reserve(LENGTH_ROOM + length);
    this.#keyAt = this.#keysAt;
    this.#keysAt += LENGTH_ROOM;
    this.#crc = 0;
  }

  /** Writes ASCII. */
  #write(text: string): void {
    const { length } = text;
    const keys = this.#keys;
    let at = this.#keysAt;
    for (let index = 0; index < length; index++) keys[at++] = text.charCodeAt(index);
    this.#keysAt = at;
  }

  #reserve(length: number): void {
    const needed = this.#keysAt + length;
    if (needed <= this.#keys.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#keys.length * 2));
    this.#keys.copy(larger, 0, 0, this.#keysAt);
    this.#keys = larger;
  }
}
