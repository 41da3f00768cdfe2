import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readFolder } from "../../../../tools/codegen/src/disk/read.js";
import { WRAPPER_COMMENT } from "../../../../tools/codegen/src/emit/lua/frame.js";
import type { EmittedLua } from "../../../../tools/codegen/src/emit/lua/script.js";
import { generate } from "../../../../tools/codegen/src/generate.js";

const base = new Map(await readFolder(join(import.meta.dirname, "../golden/base/lua"), [".lua"]));
const keyspace = base.get("keyspace.lua") ?? "";
base.set(
  "keyspace.lua",
  keyspace.replace(
    /(---@alias key\.label[\s\S]*?---@owner \w+\n)/,
    "$1---@corrupt label: look GET {label}; repair SET {label} lamp; delete {label}\n",
  ),
);

const CONTRACT = `--- Counts the letters of a label.
--- It also explains itself.
---
--- A second paragraph is not emitted.
---
---@version 1.0.0
---@param label key.label read
---@return units length
---@cost O(1)
---@resend safe it only reads
---@example There is no label.
---  reply  length=0
---@example There is one.
---  given  SET {label} lamp
---  reply  length=4
---@example An empty one.
---  given  SET {label} ""
---  reply  length=0
`;

/** The script of a file, with \`stock/length.lua\` as this text. */
function emit(text: string): EmittedLua {
  const { problems, lua } = generate(new Map([...base, ["stock/length.lua", text]]), {
    client: "moonpath/client",
    namespace: "shop",
    sourceRoot: "lua",
  });
  expect(problems).toEqual([]);
  const emitted = lua.get("stock.length");
  if (emitted === undefined) throw new Error("nothing was emitted");
  return emitted;
}

/** The emitted lines without the header and the checks of arguments. */
function own(text: string): string {
  const [before = "", after = ""] = emit(text).text.split(WRAPPER_COMMENT);
  const checks = after.indexOf("\n\n") + 2;
  return `${before.split("\n").slice(3).join("\n")}${after.slice(checks)}`.trimEnd();
}

const FUNCTION = `local function length(label)
  -- A missing label has no letters.
  return redis.call("STRLEN", label) -- O(1)
end
`;

describe("the emitted Lua", () => {
  test("keeps lines, indentation and comments and omits the contract and the return", () => {
    expect(own(`${CONTRACT}${FUNCTION}\nreturn length\n`)).toBe(`-- From lua/stock/length.lua:
--- Counts the letters of a label.
--- It also explains itself.
do
  local label = KEYS[1]
  -- A missing label has no letters.
  return redis.call("STRLEN", label) -- O(1)
end`);
  });

  test("replaces a require with the module's code under a comment with its file", () => {
    const text = own(
      `-- What is stored may be wrong.\nlocal corrupt = require("lib.corrupt"); -- stops\n\n${CONTRACT}local function length(label)\n  local bytes = redis.call("STRLEN", label)\n  return bytes or corrupt("label")\nend\n\nreturn length;\n`,
    );
    expect(text).toBe(`-- From lua/lib/corrupt.lua:
--- Stops the script before it writes: what is stored is not what the keyspace says.
local function corrupt(what)
  error({ err = "CORRUPT " .. what })
end

-- From lua/stock/length.lua:
-- What is stored may be wrong.

--- Counts the letters of a label.
--- It also explains itself.
do
  local label = KEYS[1]
  local bytes = redis.call("STRLEN", label)
  return bytes or corrupt("label")
end`);
  });

  test("keeps empty lines and comment-like text inside of a string", () => {
    const literal = 'local LABEL = [[\n--- @version\n\n\n  -- no comment ]] .. "-- none"';
    expect(own(`${literal}\n\n\n\n${CONTRACT}${FUNCTION}\nreturn length\n`)).toContain(
      `:\n${literal}\n\n--- Counts`,
    );
  });

  test("keeps code on the line of a require and behind the function", () => {
    const text = own(
      `local corrupt = require("lib.corrupt") local MAX = 9\n\n${CONTRACT}local function length(label)\n  return redis.call("STRLEN", label) + MAX or corrupt("label")\nend\n--[[ The end\nof it ]]\nreturn length\n`,
    );
    expect(text).toMatch(/:\n {39}local MAX = 9\n\n--- Counts/);
    expect(text).toMatch(/\nend\n\s*--\[\[ The end\nof it \]\]$/);
  });

  test("maps each line of code, and no other line, to its source line", () => {
    const source = `local MAX = 9\n\n${CONTRACT}${FUNCTION}\nreturn length\n`;
    const { text, lines } = emit(source);
    const [emitted, original] = [text.split("\n"), source.split("\n")];
    const pairs = [...(lines.get("stock/length.lua") ?? [])];
    expect(pairs.map(([line]) => emitted[line - 1])).toEqual([
      "local MAX = 9",
      "do",
      "  local label = KEYS[1]",
      '  return redis.call("STRLEN", label) -- O(1)',
      "end",
    ]);
    expect(pairs.map(([, from]) => original[from - 1])).toEqual([
      "local MAX = 9",
      "local function length(label)",
      "local function length(label)",
      '  return redis.call("STRLEN", label) -- O(1)',
      "end",
    ]);
  });

  test("names the error codes that the script raises, not those in comments", () => {
    expect(emit(`${CONTRACT}${FUNCTION}\nreturn length\n`).raises).toEqual([]);
    const raising = FUNCTION.replace(
      "  -- A missing",
      '  -- err = "NEVER here"\n  if false then\n    error({ err = "TOOBIG label" })\n  end\n  -- A missing',
    );
    expect(emit(`${CONTRACT}${raising}\nreturn length\n`).raises).toEqual(["TOOBIG"]);
  });
});
