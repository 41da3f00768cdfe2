import { describe, expect, test } from "vitest";
import { parseFolder } from "../../../../tools/codegen/src/parse/folder.js";
import { luaOf, readCases } from "../../../support/codegen/golden-cases.js";

const [base] = readCases([]).filter((one) => one.name === "smallest");

/** What is told of a good folder to which some text was added. */
function toldOf(added: Readonly<Record<string, string>>): string[] {
  const files = new Map(base === undefined ? [] : luaOf(base));
  for (const [path, text] of Object.entries(added)) files.set(path, `${files.get(path) ?? ""}\n${text}`);
  return parseFolder(files).problems.map(({ rule, message }) => `${rule}: ${message}`);
}

const text = (name: string, range: string, charset: string) =>
  `--- A text.\n---@alias ${name} string\n---@range ${range}\n---@charset ${charset}\n`;
const key = (name: string, pattern: string) =>
  `--- A key.\n---@alias key.${name} string\n---@pattern ${pattern}\n---@holds set\n---@ttl none\n---@owner stock\n`;

const TWO_KEYS = `--- Counts two sets.
---
---@version 1.0.0
---@param one key.one read
---@param two key.two read
---@return units total
---@cost O(1)
---@resend safe it only reads
---
---@example Nothing.
---  reply  total=0
---@example Nothing again.
---  reply  total=0
---@example A string.
---  given  SET {one} 1
---  error  WRONGTYPE
local function both(one, two)
  return redis.call("SCARD", one) + redis.call("SCARD", two)
end

return both
`;

describe("the check of names in TypeScript", () => {
  test("accepts the base of the cases", () => expect(toldOf({})).toEqual([]));

  test.each([
    {
      name: "types",
      added: { "types.lua": `${text("a_1", "1..9", "key")}\n${text("a1", "1..9", "key")}` },
      says: "types/twice: the types a1 and a_1 are both a1 in TypeScript",
    },
    {
      name: "keys",
      added: {
        "keyspace.lua": `${key("a_1", "<namespace>:{<tenant>}:x")}\n${key("a1", "<namespace>:{<tenant>}:y")}`,
      },
      says: "keyspace/twice: key.a1 and key.a_1 are both a1 in TypeScript",
    },
    {
      name: "fields of a pattern",
      added: { "keyspace.lua": key("a", "<namespace>:{<tenant>:<a_1>}:x:<a1>") },
      says: "keyspace/pattern: two fields of the pattern have the same name in TypeScript",
    },
    {
      name: "fields of two keys of a script",
      added: {
        "keyspace.lua": `${key("one", "<namespace>:{<tenant>}:one:<a_1>")}\n${key("two", "<namespace>:{<tenant>}:two:<a1>")}`,
        "stock/both.lua": TWO_KEYS,
      },
      says: "contract/twice: the key fields <a1> and <a_1> are both a1 in TypeScript",
    },
    {
      name: "fields of a record",
      added: { "types.lua": "--- A record.\n---@class pair\n---@field a_1 id\n---@field a1 id\n" },
      says: "types/field: two fields of pair are both a1 in TypeScript",
    },
    {
      name: "a field of a record twice",
      added: { "types.lua": "--- A record.\n---@class pair\n---@field a id\n---@field a id\n" },
      says: "types/field: two fields of pair are both a in TypeScript",
    },
    {
      name: "choices that hide an import",
      added: { "types.lua": '--- Choices.\n---@alias value_of "a"|"b"\n' },
      says: "types/name: its TypeScript name is ValueOf, which the generated types use",
    },
    {
      name: "a number that the client makes",
      added: { "types.lua": "--- A number.\n---@alias n integer\n---@range 0..9\n---@default generated\n" },
      says: "types/default: the client generates a text, and this type is not a string",
    },
    {
      name: "a text without room for what the client makes",
      added: { "types.lua": `${text("t", "1..9", "key")}---@default generated\n` },
      says: "types/default: the generated value has 36 bytes of lowercase letters, digits and dashes, which this type does not allow",
    },
  ])("reports clashes of $name", ({ added, says }) => expect(toldOf(added)).toEqual([says]));
});
