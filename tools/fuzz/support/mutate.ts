import fc from "fast-check";
import { anyCharacter } from "./characters.js";

/** One change of a text: its kind, its position (modulo the text's size) and its amount. */
interface Change {
  readonly kind: (typeof KINDS)[number];
  readonly at: number;
  readonly size: number;
  readonly put: string;
}

const KINDS = [
  "delete token",
  "duplicate token",
  "swap tokens",
  "replace token",
  "delete line",
  "duplicate line",
  "swap lines",
  "insert line",
  "delete characters",
  "insert characters",
  "repeat character",
  "cut the end",
] as const;

/** Texts that often cause errors in parsers. */
const HOSTILE = [
  "\u0000",
  "\r\n",
  "\r",
  "\uFEFF",
  "\u202e",
  "\u2028",
  "\ud83c\udf4b",
  "e\u0301",
  "\u00a0",
  "\u001b[31m",
  "(".repeat(300),
  "{".repeat(300),
  "not ".repeat(200),
  "1e999",
  "0x7fffffffffffffffffff",
  "99999999999999999999999",
  "-0",
  "[[",
  "]]",
  "[==[",
  "--[[",
  "--",
  "---@param",
  "---@return",
  "---@example",
  '"',
  "'",
  "\\",
  "\\999",
  "\\u{110000}",
  "x".repeat(5_000),
  "goto",
  "::a::",
  "function",
  "end",
  "...",
  "nil",
  "__proto__",
  "constructor",
  "<tenant>",
  "${",
  "`",
  "*/",
  "#!lua",
] as const;

/** Seeds with a few changes each, some with parts of other seeds. */
export function mutated(seeds: readonly string[]): fc.Arbitrary<(text: string) => string> {
  const tokens = [...new Set(seeds.flatMap((seed) => seed.split(/\s+/)))].filter((token) => token !== "");
  const lines = [...new Set(seeds.flatMap((seed) => seed.split("\n")))];
  const put = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...tokens) },
    { weight: 3, arbitrary: fc.constantFrom(...lines) },
    { weight: 2, arbitrary: fc.constantFrom(...HOSTILE) },
    { weight: 1, arbitrary: fc.string({ unit: anyCharacter, maxLength: 8 }) },
    { weight: 1, arbitrary: fc.maxSafeInteger().map(String) },
  );
  const change: fc.Arbitrary<Change> = fc.record({
    kind: fc.constantFrom(...KINDS),
    at: fc.nat(100_000),
    size: fc.nat(12),
    put,
  });
  return fc
    .array(change, { minLength: 1, maxLength: 5 })
    .map((changes) => (text: string) => changes.reduce(apply, text));
}

function apply(text: string, { kind, at, size, put }: Change): string {
  const [what = "", unit = ""] = kind.split(" ");
  if (unit.startsWith("token")) return edit(text.split(/(\s+|[^\s\w])/), "", what, at, put);
  if (unit.startsWith("line")) return edit(text.split("\n"), "\n", what, at, put);
  const place = at % (text.length + 1);
  const before = text.slice(0, place);
  const after = text.slice(place);
  if (what === "delete") return before + after.slice(size);
  if (what === "insert") return before + put + after;
  if (what === "repeat") return before + after.slice(0, 1).repeat(2 ** size) + after;
  return before;
}

function edit(parts: readonly string[], glue: string, what: string, at: number, put: string): string {
  const place = at % parts.length;
  const other = (at * 7 + 3) % parts.length;
  const out = [...parts];
  const here = parts[place] ?? "";
  if (what === "delete") out.splice(place, 1);
  if (what === "duplicate") out.splice(place, 0, here);
  if (what === "replace") out[place] = put;
  if (what === "insert") out.splice(place, 0, put);
  if (what === "swap") {
    out[place] = parts[other] ?? "";
    out[other] = here;
  }
  return out.join(glue);
}
