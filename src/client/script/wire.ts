import { randomUUID } from "node:crypto";
import { ArgumentError, ReplyError } from "../../core/errors.js";
import type { CallBytes } from "./call-bytes.js";
import type { EncodedArgument } from "./encoded-call.js";

/**
 * Converts one type of the contracts to and from the protocol. No error holds the value. Callers
 * may be plain JavaScript, so `encode` checks every value.
 */
export interface WireType<Value, Encoded extends EncodedArgument = string, Decoded = Value> {
  /** @throws ArgumentError that names the argument */
  encode(argument: string, value: Value): Encoded;
  /** @throws ReplyError that names the field of the reply */
  decode(field: string, value: unknown): Decoded;
}

/** Converts a type that takes several elements of ARGV: a list or a record. */
export interface WireSequence<Value> {
  /** How many elements of a reply's list it takes, if it is a record. */
  readonly width?: number;
  encode(argument: string, value: Value): string[];
  decode(field: string, value: unknown): Value;
}

/** Converts texts, which may also be parts of keys. */
export interface TextWireType extends WireType<string> {
  /**
   * Writes a part of a key of a call that is sent with others.
   *
   * @throws ArgumentError that names the argument
   */
  writeKeyPart(call: CallBytes, argument: string, value: string): void;
}

/** Converts whole numbers. */
export interface IntegerWireType extends WireType<number> {
  /**
   * Writes an argument of a call that is sent with others.
   *
   * @throws ArgumentError that names the argument
   */
  writeArgument(call: CallBytes, argument: string, value: number): void;
}

/** The value type of a wire type: `ValueOf<typeof units>` is `number`. */
export type ValueOf<Type> = Type extends { decode(field: string, value: unknown): infer Value }
  ? Value
  : never;

/** A whole number from `min` to `max`, both included. Redis receives decimal text. */
export function integerType(name: string, min: number, max: number): IntegerWireType {
  const expected = `${name}: a whole number from ${min} to ${max}`;
  const fits = (value: unknown): value is number =>
    typeof value === "number" && Number.isSafeInteger(value) && value >= min && value <= max;
  return {
    encode(argument, value) {
      if (!fits(value)) throw new ArgumentError(argument, expected);
      return String(value);
    },
    writeArgument(call, argument, value) {
      if (!fits(value)) throw new ArgumentError(argument, expected);
      call.args.integer(value);
    },
    decode(field, value) {
      // ioredis with `stringNumbers` returns integers as text.
      const number = typeof value === "string" && decimal.test(value) ? Number(value) : value;
      if (!fits(number)) throw new ReplyError(field, expected);
      return number;
    },
  };
}

const decimal = /^-?[0-9]{1,16}$/;

/** The characters of a text. No charset allows a lone surrogate, because it has no UTF-8 form. */
export type Charset = keyof typeof charsets;

const charsets = {
  /**
   * For a part of a key: no control characters and no braces, because braces would change the hash
   * tag.
   */
  key: {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly the bytes that Lua's %c matches
    pattern: /^[^\u0000-\u001f\u007f{}\p{Surrogate}]*$/u,
    says: "without control characters and braces",
  },
  upper: { pattern: /^[A-Z]*$/, says: "of A-Z" },
  digits: { pattern: /^[0-9]*$/, says: "of 0-9" },
  hex: { pattern: /^[0-9a-f]*$/, says: "of 0-9 and a-f" },
  any: { pattern: /^\P{Surrogate}*$/u, says: "of well-formed Unicode" },
} as const;

/** Text of `minBytes` to `maxBytes` bytes in UTF-8. */
export function textType(name: string, minBytes: number, maxBytes: number, charset: Charset): TextWireType {
  const { pattern, says } = charsets[charset];
  const length = minBytes === maxBytes ? `${minBytes}` : `${minBytes} to ${maxBytes}`;
  const expected = `${name}: text of ${length} bytes ${says}`;
  // The test for plain text of `writeKeyPart` is that of this charset, or a stricter one.
  const hasPlainText = charset === "key" || charset === "any";
  return {
    writeKeyPart(call, argument, value) {
      const isWritten =
        hasPlainText &&
        typeof value === "string" &&
        value.length >= minBytes &&
        value.length <= maxBytes &&
        call.plainKeyPart(value);
      if (!isWritten) call.keyPart(this.encode(argument, value));
    },
    encode(argument, value) {
      if (typeof value !== "string" || !within(value, minBytes, maxBytes) || !pattern.test(value)) {
        throw new ArgumentError(argument, expected);
      }
      return value;
    },
    decode(field, value) {
      if (typeof value !== "string") throw new ReplyError(field, expected);
      return value;
    },
  };
}

/**
 * Whether the UTF-8 length is within bounds. It counts bytes only if the length in UTF-16 does not
 * decide.
 */
function within(text: string, minBytes: number, maxBytes: number): boolean {
  const { length } = text;
  if (length >= minBytes && length * 3 <= maxBytes) return true;
  if (length > maxBytes || length * 3 < minBytes) return false;
  const bytes = Buffer.byteLength(text, "utf8");
  return bytes >= minBytes && bytes <= maxBytes;
}

/** `true` and `false`. Redis receives and returns 1 and 0. */
export const flagType: WireType<boolean> = {
  encode(argument, value) {
    if (value === true) return "1";
    if (value === false) return "0";
    throw new ArgumentError(argument, "true or false");
  },
  decode(field, value) {
    if (value === 1 || value === "1") return true;
    if (value === 0 || value === "0") return false;
    throw new ReplyError(field, "a flag, 1 or 0");
  },
};

/** One of several names. Redis receives and returns the name itself. */
export function choiceType<const Value extends string>(values: readonly Value[]): WireType<Value> {
  const expected = `one of ${values.join(", ")}`;
  return {
    encode(argument, value) {
      if (!values.includes(value)) throw new ArgumentError(argument, expected);
      return value;
    },
    decode(field, value) {
      const known = values.find((candidate) => candidate === value);
      if (known === undefined) throw new ReplyError(field, expected);
      return known;
    },
  };
}

/** A value that may be `undefined`: an empty element of ARGV, nil in a reply. */
export function optional<Value, Encoded extends EncodedArgument, Decoded>(
  type: WireType<Value, Encoded, Decoded>,
): WireType<Value | undefined, Encoded | "", Decoded | undefined> {
  return {
    encode(argument, value) {
      if (value === undefined) return "";
      const encoded = type.encode(argument, value);
      if (encoded.length === 0) throw new ArgumentError(argument, "absent or not empty");
      return encoded;
    },
    decode: (field, value) => (value === null || value === undefined ? undefined : type.decode(field, value)),
  };
}

/** The fields of a record by name, in their order in ARGV and in replies. */
export interface RecordFields {
  readonly [field: string]: WireType<unknown>;
}

/** The value of a record with these fields. */
export type RecordValue<Fields extends RecordFields> = {
  readonly [Field in keyof Fields]: ValueOf<Fields[Field]>;
};

/** A record: its values one after another in ARGV and in a reply, in the order of `fields`. */
export function recordType<const Fields extends RecordFields>(
  fields: Fields,
): WireSequence<RecordValue<Fields>> {
  const names = Object.keys(fields);
  const isRecord = (value: Record<string, unknown>): value is RecordValue<Fields> =>
    names.every((name) => name in value);
  return {
    width: names.length,
    encode(argument, value) {
      if (typeof value !== "object" || value === null) throw new ArgumentError(argument, "an object");
      return names.map((name) =>
        fieldOf(fields, name).encode(`${argument}.${name}`, Reflect.get(value, name)),
      );
    },
    decode(field, value) {
      if (!Array.isArray(value) || value.length !== names.length)
        throw new ReplyError(field, `an array of ${names.length} fields`);
      const parts: readonly unknown[] = value;
      const record: Record<string, unknown> = {};
      names.forEach((name, index) => {
        record[name] = fieldOf(fields, name).decode(`${field}.${name}`, parts[index]);
      });
      if (!isRecord(record)) throw new ReplyError(field, "a record");
      return record;
    },
  };
}

function fieldOf(fields: RecordFields, name: string): WireType<unknown> {
  const type = fields[name];
  if (!type) throw new TypeError(`record has no field ${name}`);
  return type;
}

/**
 * A list of at most `max` elements. ARGV has the count and then the elements. A reply has an array.
 * Records stand one after another in both.
 */
export function listType<Value>(
  element: WireType<Value> | WireSequence<Value>,
  max: number,
): WireSequence<readonly Value[]> {
  const expected = `a list of at most ${max}`;
  return {
    encode(argument, values) {
      if (!Array.isArray(values) || values.length > max) throw new ArgumentError(argument, expected);
      const out = [String(values.length)];
      const name = `${argument}[]`;
      // By index, because the elements of a sparse array must be checked too.
      for (let index = 0; index < values.length; index++) {
        const encoded = element.encode(name, values[index]);
        if (typeof encoded === "string") out.push(encoded);
        else for (const part of encoded) out.push(part);
      }
      return out;
    },
    decode(field, value) {
      if (!Array.isArray(value)) throw new ReplyError(field, "a list");
      const name = `${field}[]`;
      const items: readonly unknown[] = value;
      const width = "width" in element ? element.width : undefined;
      if (width === undefined) return items.map((item) => element.decode(name, item));
      if (items.length % width !== 0)
        throw new ReplyError(field, `a list of ${width} values for each element`);
      const rows: Value[] = [];
      for (let at = 0; at < items.length; at += width)
        rows.push(element.decode(name, items.slice(at, at + width)));
      return rows;
    },
  };
}

/**
 * The fields of a reply or of a row. A reply may end before its trailing absent fields, and a single
 * value stands alone.
 *
 * @throws ReplyError if it has no field, or more than `count`
 */
export function readFields(reply: unknown, count: number, field = "reply"): readonly unknown[] {
  if (!Array.isArray(reply)) return [reply];
  if (reply.length === 0 || reply.length > count)
    throw new ReplyError(field, `an array of at most ${count} fields`);
  return reply;
}

/**
 * A new name for one operation. The client makes one for each call, and sends it with every retry.
 */
export function newOperation(): string {
  return randomUUID();
}
