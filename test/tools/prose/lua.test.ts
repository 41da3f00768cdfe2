import { describe, expect, test } from "vitest";
import { readLua } from "../../../tools/prose/read/lua.js";
import { placed, sentence, told } from "../../support/prose.js";

describe("readLua", () => {
  test("does not read the text of strings", () => {
    expect(readLua('local a = "-- mend"\nlocal b = [[ -- mend ]]')).toEqual({
      paragraphs: [],
      commentLines: [],
    });
  });

  test("reads the purpose of a contract and the prose behind each tag", () => {
    const source = [
      "#!lua",
      "--- Moves units",
      "--- of a product.",
      "---",
      "---@version 1.0.0",
      "---@param stock key.stock write",
      "---@param change change below zero for a sale",
      '---@return "moved"|"refused" outcome refused: too few units',
      "---@cost O(W log W), W the warehouses",
      "---@resend safe the answer is remembered",
      "---",
      "---@example A sale takes the fullest",
      "---   warehouse first.",
      "---   given  HSET {stock} mend 5",
      "---   reply  outcome=mend",
      "local function move(stock, change) end -- behind",
      "return move",
    ];
    expect(placed(readLua(source.join("\n")))).toEqual([
      "2:5 Moves units of a product.",
      "6:27 write",
      "7:25 below zero for a sale",
      "8:38 refused: too few units",
      "10:17 the answer is remembered",
      "12:13 A sale takes the fullest warehouse first.",
      "16:43 behind",
    ]);
  });

  test("reads a line of prose that starts with a keyword of examples", () => {
    expect(told(readLua("-- It checks,\n-- then mends."))).toEqual([
      '2:9: word: "mends" is not a word of the field; write: fix',
    ]);
  });

  test("reads block comments of any level and separates -- from --- comments", () => {
    const source = "--[[ one\ntwo ]]\n--[==[ three ]==]\n-- four\n--- five\nreturn 1";
    expect(placed(readLua(source))).toEqual(["4:4 four", "5:5 five", "1:6 one two", "3:8 three"]);
  });

  test("refuses a file that does not parse", () => {
    expect(() => readLua("local = 1")).toThrow("[1:6] <name> expected near '='");
  });
});

describe("the rules for comments of Lua", () => {
  test("find a wide line and a long sentence", () => {
    expect(told(readLua(`--- ${sentence(31)}\nreturn 1`))).toEqual([
      '1:5: sentence-length: sentence of 31 words, at most 30: "Word word word word word …"',
      "1:111: comment-width: comment line of 159 columns, at most 110; wrap it",
    ]);
  });

  test("find a wide line of a tag", () => {
    expect(told(readLua(`---@range ${"1 ".repeat(51)}\nreturn 1`))).toEqual([
      "1:111: comment-width: comment line of 112 columns, at most 110; wrap it",
    ]);
  });

  test("allow a wide line that cannot be wrapped: one word after a tag, or the first line of generated code", () => {
    const head = `-- ${"a".repeat(80)} from lua/a.lua by moonpath-codegen. DO NOT EDIT.`;
    expect(told(readLua(`---@return "${"a".repeat(110)}"\n${head}\nreturn 1`))).toEqual([]);
    expect(told(readLua(`---@return "${"a".repeat(110)}" outcome\nreturn 1`))).toHaveLength(1);
  });
});
