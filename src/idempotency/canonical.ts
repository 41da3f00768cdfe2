import { createHash } from "node:crypto";
import { ArgumentError } from "../core/errors.js";

/** The maximum nesting of a payload. */
const MAX_DEPTH = 100;

/**
 * A payload as canonical JSON: two payloads with the same content have the same text (RFC 8785:
 * keys sorted by UTF-16 code units, numbers and texts as in ECMAScript).
 *
 * @throws ArgumentError if JSON cannot hold it: NaN, infinities, bigints, functions, Maps, Sets,
 *   bytes, lone surrogates, circles. Also for an instance of a class without `toJSON`, because its
 *   state may be private.
 */
export function canonicalJson(payload: unknown): string {
  return write(payload, 0);
}

/** SHA-256 of the canonical JSON, in hexadecimal. It identifies a payload without storing it. */
export function payloadHashOf(payload: unknown): string {
  return createHash("sha256").update(canonicalJson(payload)).digest("hex");
}

function write(value: unknown, depth: number): string {
  if (depth > MAX_DEPTH) throw payloadError(`at most ${MAX_DEPTH} levels deep, and no circles`);
  switch (typeof value) {
    case "boolean":
      return String(value);
    case "number":
      if (!Number.isFinite(value)) throw payloadError("numbers that are finite");
      return JSON.stringify(value);
    case "string":
      if (/\p{Cs}/u.test(value)) throw payloadError("texts of whole characters");
      return JSON.stringify(value);
    case "object":
      return value === null ? "null" : writeObject(value, depth);
    default:
      throw payloadError("what JSON can hold");
  }
}

function writeObject(value: object, depth: number): string {
  // JSON would write null for every invalid date, so different payloads would look the same.
  if (value instanceof Date && Number.isNaN(value.getTime())) throw payloadError("dates that are valid");
  if ("toJSON" in value && typeof value.toJSON === "function") {
    const plain: unknown = value.toJSON();
    return write(plain, depth + 1);
  }
  if (Array.isArray(value)) return `[${Array.from(value, (element) => write(element, depth + 1)).join(",")}]`;
  // JSON would write `{}` for every Map and every Set, so different payloads would look the same.
  if (Object.prototype.toString.call(value) !== "[object Object]") throw payloadError("what JSON can hold");
  // JSON leaves out private state, so two different instances could look the same.
  if (!isPlain(value)) throw payloadError("plain objects, or such with a toJSON");
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  fields.sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${fields.map(([name, field]) => `${write(name, depth)}:${write(field, depth + 1)}`).join(",")}}`;
}

/**
 * Plain objects may come from another realm. Fastify's parameters and queries have an empty
 * prototype of their own.
 */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function payloadError(expected: string): ArgumentError {
  return new ArgumentError("payload", expected);
}
