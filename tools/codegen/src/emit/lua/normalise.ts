import { createHash } from "node:crypto";
import luamin from "lua-format";
import luaparse from "luaparse";
import type { Module } from "../../parse/source/module.js";
import { withoutComments } from "./spans.js";

const SETTINGS = { RenameVariables: false, RenameGlobals: false, SolveMath: false };

/** The shortest form, made by lua-format: what comments and white space cannot change. */
export function minify(lua: string): string {
  const text = withoutBanner(luamin.Minify(lua, SETTINGS));
  proveEqual(lua, text);
  return text;
}

/** The fingerprint of a script: the SHA-256 of its code without comments and white space. */
export function fingerprintOf(lua: string): string {
  return createHash("sha256")
    .update(minify(withoutComments(lua)))
    .digest("hex");
}

/** What EVALSHA calls a script by: the SHA-1 of its bytes. */
export function digestOf(lua: string): string {
  return createHash("sha1").update(lua).digest("hex");
}

function withoutBanner(text: string): string {
  return `${text.replace(/^--\[\[[\s\S]*?\]\]/, "").trim()}\n`;
}

/** Throws unless two texts have the same syntax tree. */
export function proveEqual(one: string, other: string): void {
  const [before, after] = [statementsOf(one), statementsOf(other)];
  if (before.length !== after.length || before.some((statement, index) => statement !== after[index])) {
    throw new Error("a formatter changed what a script means; please report the script to Moonpath");
  }
}

/**
 * Throws unless a text consists of the statements that these modules keep, and of those of the
 * wrapper behind them.
 */
export function proveSameStatements(lua: string, modules: readonly Module[], wrapper: string): void {
  const expected = [...modules.flatMap(keptStatements), ...statementsOf(wrapper)];
  const found = statementsOf(lua);
  const same = found.length === expected.length && found.every((one, index) => one === expected[index]);
  if (!same)
    throw new Error("the emitted Lua differs from its sources; please report the script to Moonpath");
}

function keptStatements({ source, body }: Module): string[] {
  const kept = new Set<luaparse.Statement>(body);
  return statementsOf(source.text).filter((_, index) => {
    const statement = source.chunk.body[index];
    return statement !== undefined && kept.has(statement);
  });
}

/**
 * The syntax tree of each statement as text, without spellings: 0x1F and 31 are the same, "a" and
 * 'a' too.
 */
function statementsOf(lua: string): string[] {
  // Byte by byte, as Lua reads it: "\195\188" and "ü" are the same.
  const bytes = Buffer.from(lua, "utf8").toString("latin1");
  const chunk = luaparse.parse(bytes, { luaVersion: "5.1", comments: false, encodingMode: "pseudo-latin1" });
  return chunk.body.map((statement) =>
    JSON.stringify(statement, (key, value: unknown) => (key === "raw" ? undefined : value)),
  );
}
