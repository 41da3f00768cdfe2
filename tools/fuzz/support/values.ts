import fc from "fast-check";
import type { Charset, Model, TypeModel, TypeRef } from "../../codegen/src/model/model.js";
import { typeNamed } from "../../codegen/src/model/resolve.js";
import { camel } from "../../codegen/src/naming.js";
import { anyCharacter } from "./characters.js";
import { isRecord } from "./json.js";

/**
 * A value that JSON can store. A value that JSON cannot store has a name: `{ "is": "getter that
 * throws" }`. So a reader sees the content of a saved input.
 */
export type Recipe =
  | { readonly json: string | number | boolean | null }
  | { readonly is: (typeof ODD)[number] }
  | { readonly repeat: string; readonly times: number }
  | { readonly hex: string }
  | { readonly list: readonly Recipe[] }
  | { readonly fields: readonly (readonly [string, Recipe])[] };

const ODD = [
  "undefined",
  "NaN",
  "-0",
  "Infinity",
  "bigint",
  "symbol",
  "function",
  "date",
  "boxed text",
  "getter that throws",
  "proxy that throws",
  "revoked proxy",
  "object without prototype",
  "object with toString that throws",
  "sparse list",
  "list with a huge length",
  "circular object",
  "lone surrogate",
] as const;

/** The value that a recipe describes. */
export function cook(recipe: Recipe): unknown {
  if ("json" in recipe) return recipe.json;
  if ("repeat" in recipe) return recipe.repeat.repeat(recipe.times);
  if ("hex" in recipe) return Buffer.from(recipe.hex, "hex");
  if ("list" in recipe) return recipe.list.map(cook);
  if ("is" in recipe) return odd(recipe.is);
  const made: Record<string, unknown> = {};
  for (const [name, value] of recipe.fields) {
    const one = { value: cook(value), enumerable: true, configurable: true, writable: true };
    // `__proto__` becomes an own field, and does not change the prototype.
    if ("is" in value && value.is === "getter that throws")
      Object.defineProperty(made, name, { get: fail, enumerable: true, configurable: true });
    else Object.defineProperty(made, name, one);
  }
  return made;
}

function fail(): never {
  throw new Error("SECRET of a getter");
}

const HANDLER = { get: fail, has: fail, ownKeys: fail, getPrototypeOf: fail, getOwnPropertyDescriptor: fail };

function odd(name: (typeof ODD)[number]): unknown {
  const circular: Record<string, unknown> = {};
  circular["self"] = circular;
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const values: Readonly<Record<(typeof ODD)[number], unknown>> = {
    undefined: undefined,
    NaN: Number.NaN,
    "-0": -0,
    Infinity: Number.POSITIVE_INFINITY,
    bigint: 1n,
    symbol: Symbol("SECRET"),
    function: fail,
    date: new Date(0),
    "boxed text": Object("a"),
    "getter that throws": Object.defineProperty({}, "value", { get: fail }),
    "proxy that throws": new Proxy({}, HANDLER),
    "revoked proxy": revoked.proxy,
    "object without prototype": Object.create(null),
    "object with toString that throws": { toString: fail, valueOf: fail },
    "sparse list": new Array(3),
    "list with a huge length": new Array(4_294_967_295),
    "circular object": circular,
    "lone surrogate": "\ud800",
  };
  return values[name];
}

/** Whether a value of the corpus is a recipe, to the depth that `cook` reads. */
export function isRecipe(value: unknown): value is Recipe {
  if (!isRecord(value)) return false;
  if ("json" in value) return typeof value["json"] !== "object" || value["json"] === null;
  if ("repeat" in value) return typeof value["repeat"] === "string" && typeof value["times"] === "number";
  if ("hex" in value) return typeof value["hex"] === "string";
  if ("list" in value) return Array.isArray(value["list"]) && value["list"].every(isRecipe);
  if ("is" in value) return ODD.some((name) => name === value["is"]);
  return isFields(value["fields"]);
}

/** Whether a value is a list of names with recipes. */
export function isFields(value: unknown): value is (readonly [string, Recipe])[] {
  return (
    Array.isArray(value) &&
    value.every((part) => Array.isArray(part) && typeof part[0] === "string" && isRecipe(part[1]))
  );
}

/** Any value. */
export const anyValue: fc.Arbitrary<Recipe> = fc.oneof(
  fc.constantFrom(...ODD).map((is) => ({ is })),
  fc.oneof(fc.boolean(), fc.constant(null), fc.double(), fc.maxSafeInteger()).map((json) => ({ json })),
  fc
    .oneof(
      fc.string({ unit: anyCharacter, maxLength: 20 }),
      fc.constantFrom(
        "",
        "{}",
        "}",
        "\u0000",
        "\r\n",
        "*3\r\n",
        "__proto__",
        "constructor",
        "\u001b[2J",
        "\ud800",
      ),
    )
    .map((json) => ({ json })),
  fc.record({
    repeat: fc.constantFrom("x", "\u20ac", "{"),
    times: fc.constantFrom(257, 1_001, 70_000, 1_100_000),
  }),
  fc.constantFrom("__proto__", "length", "then", "toJSON").map((name) => ({
    fields: [[name, { is: "getter that throws" as const }] as const],
  })),
  fc.integer({ min: 0, max: 3 }).map((count) => ({
    list: Array.from({ length: count }, () => ({ fields: [["__proto__", { json: 1 }] as const] })),
  })),
);

/** Values that the type accepts, with its bounds more often than by chance. */
export function validValue(model: Model, type: TypeRef): fc.Arbitrary<Recipe> {
  if (type.kind === "choice") return fc.constantFrom(...type.values).map((json) => ({ json }));
  if (type.kind === "list")
    return fc
      .array(validNamed(model, typeNamed(model, type.element)), { maxLength: 4 })
      .map((list) => ({ list }));
  return validNamed(model, typeNamed(model, type.name));
}

function validNamed(model: Model, type: TypeModel): fc.Arbitrary<Recipe> {
  switch (type.kind) {
    case "flag":
      return fc.boolean().map((json) => ({ json }));
    case "choice":
      return fc.constantFrom(...type.values).map((json) => ({ json }));
    case "integer":
      return integers(type.min, type.max).map((json) => ({ json }));
    case "text":
      return type.charset === "bytes"
        ? rawBytes(type.minBytes, type.maxBytes)
        : texts(type.minBytes, type.maxBytes, type.charset).map((json) => ({ json }));
    case "record":
      return fc
        .tuple(...type.fields.map((field) => validNamed(model, typeNamed(model, field.type))))
        .map((values) => ({
          fields: type.fields.flatMap(({ name }, index) => {
            const value = values[index];
            return value === undefined ? [] : [[camel(name), value] as const];
          }),
        }));
  }
}

function integers(min: number, max: number): fc.Arbitrary<number> {
  const near = Math.min(max, Math.max(min, 0) + 20);
  return fc.oneof(
    { weight: 2, arbitrary: fc.integer({ min: Math.max(min, Math.min(0, near)), max: near }) },
    { weight: 1, arbitrary: fc.constantFrom(min, max) },
    { weight: 1, arbitrary: fc.maxSafeInteger().map((any) => min + (Math.abs(any) % (max - min + 1))) },
  );
}

function rawBytes(min: number, max: number): fc.Arbitrary<Recipe> {
  return fc
    .uint8Array({ minLength: min, maxLength: Math.min(max, min + 300) })
    .map((bytes) => ({ hex: Buffer.from(bytes).toString("hex") }));
}

type TextCharset = Exclude<Charset, "bytes">;

function texts(min: number, max: number, charset: TextCharset): fc.Arbitrary<string> {
  const letters: Readonly<Record<TextCharset, readonly string[]>> = {
    key: ["a", "b", ":", "*", "?", "\\", '"', " ", "%", "\u20ac", "\ud83c\udf4b", "__proto__"],
    upper: ["A", "Z", "E", "U", "R"],
    digits: ["0", "1", "7", "9"],
    any: ["a", "\n", "\u0000", "{", "}", '"', "\r\n", "\ud83c\udf4b", "\u0080", "\u001b"],
  };
  const one = fc.constantFrom(...letters[charset]);
  return fc
    .oneof(
      { weight: 3, arbitrary: fc.constantFrom("a", "b") },
      { weight: 2, arbitrary: fc.array(one, { maxLength: 6 }).map((parts) => parts.join("")) },
      { weight: 1, arbitrary: fc.constant("a".repeat(Math.min(max, 2_000))) },
    )
    .map((text) => fitted(text, min, max, charset));
}

/** Cuts or fills a text, so that its bytes are within the bounds. */
function fitted(text: string, min: number, max: number, charset: TextCharset): string {
  const filler = { key: "a", upper: "A", digits: "0", any: "a" }[charset];
  let made = text;
  if (charset === "upper") made = text.toUpperCase().replace(/[^A-Z]/g, "A");
  if (charset === "digits") made = text.replace(/[^0-9]/g, "0");
  while (Buffer.byteLength(made) > max) made = [...made].slice(0, -1).join("");
  return made + filler.repeat(Math.max(0, min - Buffer.byteLength(made)));
}
