import { describe, expect, test } from "vitest";
import { check } from "../../../support/codegen/snippet.js";

const params = ["hash key.hash write", "names id[]", "limit limit", "note payload"];

function breaches(...lines: string[]): string[] {
  const body = `${lines.map((line) => `    ${line}`).join("\n")}\n    redis.call("DEL", hash)\n    return "done"`;
  return check({ params, body })
    .problems.filter(({ rule }) => rule.startsWith("bounds/"))
    .map(({ rule, message }) => `${rule}: ${message}`);
}

const UNKNOWN = "bounds/text: the number of bytes that string.rep may make is unknown";

describe("hole 9: string.rep", () => {
  const bad: Readonly<Record<string, string>> = {
    'string.rep("x", 1e9)': "bounds/text: string.rep may make 1,000,000,000 bytes, more than 1,000,000",
    '("x"):rep(1e9)': "bounds/text: string.rep may make 1,000,000,000 bytes, more than 1,000,000",
    'string.rep("", 1e9)': "bounds/text: string.rep may make 1,000,000,000 bytes, more than 1,000,000",
    'string.rep("abcdefghij" .. "abcdefghij" .. "abcdefghij", 50000)':
      "bounds/text: string.rep may make 1,500,000 bytes, more than 1,000,000",
    "string.rep(note, limit)": UNKNOWN,
    'string.rep("x", redis.call("HLEN", hash))': UNKNOWN,
    'string.rep("x", tonumber(note))': UNKNOWN,
    'string.rep("x", "1000000000")': UNKNOWN,
  };
  for (const [call, message] of Object.entries(bad)) {
    test(`is refused in ${call}`, () => {
      expect(breaches(`local _ = ${call}`)).toEqual([message]);
    });
  }
  test("is refused under another name too", () => {
    expect(breaches("local copy = string.rep", 'local _ = copy("x", 1e9)')).toHaveLength(1);
  });

  for (const call of ['string.rep("x", 1000000)', '("ab"):rep(limit)', 'string.rep("x", #names)'])
    test(`is accepted in ${call}`, () => {
      expect(breaches(`local _ = ${call}`)).toEqual([]);
    });
});

describe("hole 9: the growth of a text in a loop", () => {
  const DOUBLES =
    "bounds/text: the text may double in each iteration of a loop, or contain its parts over 1,000 times";
  const loop = (...lines: string[]) => breaches("local s, t = note, note", "-- at most 40 rounds", ...lines);
  const bad = [
    "s = s .. s",
    's = s .. "," .. s',
    "t = s .. note s = t .. s",
    "s, t = t, s .. t",
    's = string.format("%s%s", s, s)',
    "s = table.concat({ s, s })",
    "local both = { s, s } s = table.concat(both)",
    "if limit > 5 then s = s .. s end",
    's = string.gsub(s, "x", "xx")',
    's = s:gsub("x", "xx")',
    "s = cjson.encode({ s, s })",
    "s = cjson.encode(s)",
    "s = (function() return s .. s end)()",
  ];
  for (const line of bad)
    test(`is refused for ${line}`, () => {
      expect(loop("for _ = 1, 40 do", line, "end")).toContain(DOUBLES);
    });

  const good = [
    "s = s .. note",
    's = s == "" and note or s .. "," .. note',
    "t = s .. s",
    "local n = 1 n = n + n",
    "if limit > 5 then s = s .. note else s = note .. s end",
  ];
  for (const line of good)
    test(`is accepted for ${line}`, () => {
      expect(loop("for _ = 1, 40 do", line, "end")).toEqual([]);
    });
});

describe("hole 9: a text that multiplies without a loop", () => {
  const MULTIPLIES =
    "bounds/text: the text may double in each iteration of a loop, or contain its parts over 1,000 times";
  const chain = (count: number) =>
    Array.from({ length: count }, (_, at) => `local s${at + 1} = s${at} .. s${at}`);

  test("is refused once after eleven doublings", () => {
    expect(breaches("local s0 = note", ...chain(11))).toContain(MULTIPLIES);
    expect(breaches("local s0 = note", ...chain(9))).toEqual([]);
  });

  test("is accepted if it only concatenates many others", () => {
    const lines = Array.from({ length: 60 }, () => 's = s .. "," .. note');
    expect(breaches("local s = note", ...lines)).toEqual([]);
  });
});
