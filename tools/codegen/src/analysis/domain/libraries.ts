import { type AbstractValue, BOTTOM, builtin, literalNumber } from "./value.js";

/** What Redis gives every script, and what scripts here may use of it. */
const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  string: [
    "byte",
    "char",
    "find",
    "format",
    "gmatch",
    "gsub",
    "len",
    "lower",
    "match",
    "rep",
    "reverse",
    "sub",
    "upper",
  ],
  table: ["concat", "insert", "maxn", "remove", "sort"],
  math: [
    "abs",
    "ceil",
    "exp",
    "floor",
    "fmod",
    "huge",
    "log",
    "log10",
    "max",
    "min",
    "modf",
    "pi",
    "pow",
    "sqrt",
  ],
  cjson: ["decode", "encode", "null"],
  cmsgpack: ["pack", "unpack"],
  struct: ["pack", "size", "unpack"],
  bit: [
    "arshift",
    "band",
    "bnot",
    "bor",
    "bswap",
    "bxor",
    "lshift",
    "rol",
    "ror",
    "rshift",
    "tobit",
    "tohex",
  ],
};

const FUNCTIONS: ReadonlySet<string> = new Set([
  "assert",
  "error",
  "ipairs",
  "next",
  "pairs",
  "pcall",
  "rawequal",
  "require",
  "select",
  "tonumber",
  "tostring",
  "type",
  "unpack",
  "xpcall",
]);

/** What a global name stands for, or undefined for one that scripts may not use. */
export function libraryValue(name: string): AbstractValue | undefined {
  if (FUNCTIONS.has(name)) return builtin(name);
  if (name === "redis" || Object.hasOwn(LIBRARIES, name)) return { ...BOTTOM, libraries: new Set([name]) };
  return undefined;
}

/**
 * A library's member, or undefined for one that scripts may not use; every member of `redis` is
 * known here.
 */
export function memberValue(library: string, member: string): AbstractValue | undefined {
  if (library === "math" && member === "huge") return literalNumber(Number.POSITIVE_INFINITY);
  if (library === "math" && member === "pi") return literalNumber(Math.PI);
  if (library !== "redis" && !LIBRARIES[library]?.includes(member)) return undefined;
  return builtin(`${library}.${member}`);
}
