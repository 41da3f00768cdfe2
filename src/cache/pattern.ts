import { createHash } from "node:crypto";
import { ArgumentError } from "../core/errors.js";

/** The names of a pattern's fields: `list:<organisation>:<page>` has `organisation` and `page`. */
export type FieldNames<Pattern extends string> = Pattern extends `${string}<${infer Name}>${infer Rest}`
  ? Name | FieldNames<Rest>
  : never;

/** The values of a pattern's fields. A whole number becomes its decimal text. */
export type FieldsOf<Pattern extends string> = {
  readonly [Name in FieldNames<Pattern>]: string | number;
};

/** A part of a pattern between two colons. */
type Segment = { readonly literal: string } | { readonly field: string };

const MAX_PATTERN_LENGTH = 120;
const MAX_FIELDS = 8;

/** Finds the entries with given fields. */
export interface EntryMatcher {
  /** A pattern of Redis for the names. It may match more. */
  readonly glob: string;
  matches(name: string): boolean;
}

/** The bytes that all fields of a name may take; with the pattern they fit in 256. */
const MAX_FIELDS_LENGTH = 136;

/** Characters that separate segments, that Redis's patterns give a meaning, or that keys may not have. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: keys may not have control characters
const RESERVED = /[%:*?[\]\\^{}\u0000-\u001f\u007f]/g;

/** Names entries: `product:<product>` names the entry `product:lamp`. */
export class EntryPattern<Fields> {
  readonly text: string;
  readonly #segments: readonly Segment[];
  /** The text before the first field. */
  readonly #start: string;
  /** Each field, and the text up to the next one. */
  readonly #parts: readonly { readonly field: string; readonly rest: string }[];
  readonly #maxFieldLength: number;

  /** @throws ArgumentError unless each segment is plain text or one field in angle brackets */
  constructor(pattern: string) {
    this.text = pattern;
    this.#segments = segmentsOf(pattern);
    const [start = "", ...parts] = pattern.split("<");
    this.#start = start;
    this.#parts = parts.map((part) => {
      const end = part.indexOf(">");
      return { field: part.slice(0, end), rest: part.slice(end + 1) };
    });
    this.#maxFieldLength = Math.floor(MAX_FIELDS_LENGTH / Math.max(1, parts.length));
  }

  /**
   * The name of the entry with these fields. A long value is replaced by its SHA-256, so every name
   * fits in a key.
   *
   * @throws ArgumentError that names the field
   */
  nameOf(fields: Fields): string {
    let name = this.#start;
    for (const { field, rest } of this.#parts) name += this.#encoded(field, fieldOf(fields, field)) + rest;
    return name;
  }

  /**
   * Whether an entry belongs to this pattern and has these fields. Fields that are left out may have
   * any value.
   *
   * @throws ArgumentError for a name that is no field: it would match more than the caller wants
   */
  matcherOf(fields: Partial<Fields>): EntryMatcher {
    if (typeof fields !== "object" || fields === null) throw new ArgumentError("fields", "an object");
    const names = this.#segments.flatMap((segment) => ("field" in segment ? [segment.field] : []));
    const unknown = Object.keys(fields).find((name) => !names.includes(name));
    if (unknown !== undefined) {
      throw new ArgumentError("fields", `fields of the pattern: ${names.join(", ") || "it has none"}`);
    }
    const wanted = this.#segments.map((segment) => {
      if ("literal" in segment) return segment.literal;
      const value = fieldOf(fields, segment.field);
      return value === undefined ? undefined : this.#encoded(segment.field, value);
    });
    return {
      glob: wanted.map((text) => text ?? "*").join(":"),
      // A star of Redis also matches colons, so the segments are compared again.
      matches(name) {
        const segments = name.split(":");
        return (
          segments.length === wanted.length &&
          wanted.every((text, place) => text === undefined || text === segments[place])
        );
      },
    };
  }

  #encoded(field: string, value: unknown): string {
    const text = typeof value === "number" && Number.isSafeInteger(value) ? String(value) : value;
    // The usual case, without the checks that only other characters need.
    if (typeof text === "string" && text.length <= this.#maxFieldLength && PLAIN.test(text)) return text;
    if (typeof text !== "string" || text === "" || LONE_SURROGATE.test(text)) {
      throw new ArgumentError(field, "well-formed text of at least one character, or a whole number");
    }
    const encoded = text.replace(RESERVED, percentEncoded);
    if (Buffer.byteLength(encoded) <= this.#maxFieldLength) return encoded;
    return `%~${createHash("sha256").update(text).digest("base64url").slice(0, 22)}`;
  }
}

/** Text that needs no coding, of one byte a character. */
const PLAIN = /^[A-Za-z0-9_.~-]+$/;

const LONE_SURROGATE = /\p{Surrogate}/u;

function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
}

function fieldOf(fields: unknown, name: string): unknown {
  return typeof fields === "object" && fields !== null ? Reflect.get(fields, name) : undefined;
}

function segmentsOf(pattern: string): readonly Segment[] {
  const expected = "segments between colons, each plain text or one field, as in list:<organisation>:<page>";
  if (typeof pattern !== "string" || pattern.length > MAX_PATTERN_LENGTH) {
    throw new ArgumentError("pattern", `${expected}, of at most ${MAX_PATTERN_LENGTH} characters`);
  }
  const segments = pattern.split(":").map((text): Segment => {
    const field = /^<([A-Za-z][A-Za-z0-9]*)>$/.exec(text)?.[1];
    if (field !== undefined) return { field };
    if (/^[A-Za-z0-9_.-]+$/.test(text)) return { literal: text };
    throw new ArgumentError("pattern", expected);
  });
  const [first] = segments;
  if (!first || "field" in first) throw new ArgumentError("pattern", "plain text in the first segment");
  const names = segments.flatMap((segment) => ("field" in segment ? [segment.field] : []));
  if (new Set(names).size < names.length) throw new ArgumentError("pattern", "each field once");
  if (names.length > MAX_FIELDS) throw new ArgumentError("pattern", `at most ${MAX_FIELDS} fields`);
  return segments;
}
