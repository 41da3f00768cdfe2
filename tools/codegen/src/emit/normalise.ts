import { createHash } from "node:crypto";
import luamin from "lua-format";
import luaparse from "luaparse";

const SETTINGS = { RenameVariables: false, RenameGlobals: false, SolveMath: false };

/** Formats Lua the one way, with lua-format. The meaning is proved to be the same by comparing the syntax trees. */
export function beautify(lua: string): string {
  const text = withoutBanner(luamin.Beautify(lua, SETTINGS)).replace(/(?<![ \t])[ \t]+$/gm, "");
  proveEqual(lua, text);
  return text;
}

/** The shortest form: what comments and white space cannot change. */
export function minify(lua: string): string {
  const text = withoutBanner(luamin.Minify(lua, SETTINGS));
  proveEqual(lua, text);
  return text;
}

/** A digest of what a script means: the SHA-256 of its shortest form. */
export function fingerprintOf(lua: string): string {
  return createHash("sha256").update(minify(lua)).digest("hex");
}

/** What EVALSHA calls a script by: the SHA-1 of its bytes. */
export function digestOf(lua: string): string {
  return createHash("sha1").update(lua).digest("hex");
}

/** For each line of the formatted text (from 1), the line of the text that it was made of, where one is known. */
export function lineMap(lua: string, formatted: string): Map<number, number> {
  const map = new Map<number, number>();
  const before = nodesOf(lua);
  const after = nodesOf(formatted);
  after.forEach((node, index) => {
    const line = node.loc?.start.line;
    const original = before[index]?.loc?.start.line;
    if (line !== undefined && original !== undefined && node.type !== "Chunk" && !map.has(line))
      map.set(line, original);
  });
  return map;
}

function withoutBanner(text: string): string {
  return `${text.replace(/^--\[\[[\s\S]*?\]\]/, "").trim()}\n`;
}

function nodesOf(lua: string): luaparse.Node[] {
  const nodes: luaparse.Node[] = [];
  // Nodes are told when they are complete, in the same order for the same tree.
  luaparse.parse(lua, {
    luaVersion: "5.1",
    comments: false,
    locations: true,
    onCreateNode: (node) => nodes.push(node),
  });
  return nodes;
}

/** Throws unless two texts have the same syntax tree. */
export function proveEqual(one: string, other: string): void {
  if (treeOf(one) !== treeOf(other)) {
    throw new Error("lua-format changed what a script means; please report the script to Moonpath");
  }
}

/** A syntax tree as text, without places and spellings: 0x1F and 31 are the same, "a" and 'a' too. */
function treeOf(lua: string): string {
  // Byte by byte, as Lua reads it: "\195\188" and "ü" are the same.
  const bytes = Buffer.from(lua, "utf8").toString("latin1");
  const chunk = luaparse.parse(bytes, { luaVersion: "5.1", comments: false, encodingMode: "pseudo-latin1" });
  return JSON.stringify(chunk, (key, value: unknown) => (key === "raw" ? undefined : value));
}
