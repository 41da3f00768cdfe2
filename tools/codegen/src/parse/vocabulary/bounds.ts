import type { Charset } from "../../model/model.js";
import type { Problems } from "../problem.js";
import type { Doc, Tag } from "../source/doc.js";

/** `@default generated`: the client makes a value when a caller gives none. */
export function readGenerated(doc: Doc, base: string, problems: Problems): boolean {
  const tag = doc.tags.find((other) => other.name === "default");
  if (tag === undefined) return false;
  if (tag.text !== "generated")
    problems.atText(
      tag,
      tag.text,
      "types/default",
      "@default has one value, `generated`",
      "write: @default generated",
    );
  else if (base !== "string")
    problems.atText(
      tag,
      tag.text,
      "types/default",
      "the client generates a text, and this type is not a string",
      "remove the line, or declare the type as a string",
    );
  return base === "string";
}

/** What the client makes: a UUID, of hexadecimal digits and dashes. */
const UUID_BYTES = 36;

/** A text that the client may make has room for what it makes. */
export function checkDefaultFits(
  doc: Doc,
  [min, max]: readonly [number, number],
  charset: Charset,
  problems: Problems,
): void {
  const tag = doc.tags.find((other) => other.name === "default");
  if (tag === undefined) return;
  if (charset === "bytes") {
    problems.atText(
      tag,
      tag.text,
      "types/default",
      "the client generates a text, and this type has raw bytes",
      "use @charset key, or remove the line",
    );
    return;
  }
  if (charset !== "upper" && charset !== "digits" && min <= UUID_BYTES && max >= UUID_BYTES) return;
  problems.atText(
    tag,
    tag.text,
    "types/default",
    `the generated value has ${UUID_BYTES} bytes of lowercase letters, digits and dashes, which this type does not allow`,
    "use @range 1..128 and @charset key, or remove the line",
  );
}

/** Stands in where a range cannot be read, so that the type is known all the same. */
const UNREADABLE_RANGE: [number, number] = [1, 1];

/** `@range 1..256`: the bounds of a number, or of a text in bytes. */
export function readRange(doc: Doc, alias: Tag, name: string, problems: Problems): [number, number] {
  const tag = doc.tags.find((other) => other.name === "range");
  if (tag === undefined) {
    problems.atText(alias, name, "types/range", `the type ${name} has no bounds`, "add: @range <min>..<max>");
    return UNREADABLE_RANGE;
  }
  const [, low, high] = /^(-?\d+)\.\.(-?\d+)$/.exec(tag.text) ?? [];
  const min = Number(low);
  const max = Number(high);
  if (low === undefined || !Number.isSafeInteger(min) || !Number.isSafeInteger(max) || min > max) {
    problems.atText(
      tag,
      tag.text,
      "types/range",
      "@range has two integers of at most 16 digits, the smaller one first",
      "write it as: @range 1..256",
    );
    return UNREADABLE_RANGE;
  }
  return [min, max];
}

const CHARSETS: readonly Charset[] = ["key", "upper", "digits", "any", "bytes"];

/** `@charset key`: which characters a text may hold. */
export function readCharset(doc: Doc, alias: Tag, name: string, problems: Problems): Charset {
  const tag = doc.tags.find((other) => other.name === "charset");
  const text = tag?.text ?? "";
  const known = CHARSETS.find((charset) => charset === text);
  if (known !== undefined) return known;
  const fix = "add: @charset key, upper, digits, any or bytes";
  if (tag === undefined)
    problems.atText(alias, name, "types/charset", `the text type ${name} has no @charset`, fix);
  else problems.atText(tag, text, "types/charset", `the charset ${text} does not exist`, fix);
  return "any";
}
