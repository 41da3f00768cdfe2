import { describe, expect, test } from "vitest";
import { sentencesOf, wordsOf } from "../../../tools/prose/sentences.js";

const texts = (text: string) => sentencesOf(text).map((sentence) => sentence.text);

describe("sentencesOf", () => {
  test.each([
    ["two plain sentences", "It reads. It writes.", ["It reads.", "It writes."]],
    ["a question and a call", "Why? Because! It ends.", ["Why?", "Because!", "It ends."]],
    [
      "a sentence that begins with a small letter",
      "It ends. ioredis goes on.",
      ["It ends.", "ioredis goes on."],
    ],
    [
      "a list of names and meanings",
      "refused: too few units; so nothing changes; no_stock: none.",
      ["refused: too few units; so nothing changes;", "no_stock: none."],
    ],
    [
      "brackets and quotes behind the dot",
      "It says (twice.) Then “no.” Then ends.",
      ["It says (twice.)", "Then “no.”", "Then ends."],
    ],
    [
      "abbreviations",
      "Some (e.g. Redis, i.e. Valkey) vs. KeyDB cf. Lua.",
      ["Some (e.g. Redis, i.e. Valkey) vs. KeyDB cf. Lua."],
    ],
    [
      "file names with dots",
      "See docs/client.md for it. See package.json too.",
      ["See docs/client.md for it.", "See package.json too."],
    ],
    [
      "version numbers",
      "Redis 7.2.5 or later. Node 20.19 and v1.0.0 too.",
      ["Redis 7.2.5 or later.", "Node 20.19 and v1.0.0 too."],
    ],
    ["numbers", "It takes 1.5 ms. Then 2.", ["It takes 1.5 ms.", "Then 2."]],
    [
      "names of functions",
      "Call acme.stock.adjust and Script.Load then.",
      ["Call acme.stock.adjust and Script.Load then."],
    ],
    [
      "a question mark inside a type",
      "An id?, and level?total are types.",
      ["An id?, and level?total are types."],
    ],
    [
      "dots that stand for a pause",
      "After 1, 4, 16, ... seconds it ends.",
      ["After 1, 4, 16, ... seconds it ends."],
    ],
    ["a semicolon, which joins", "It reads; it writes.", ["It reads; it writes."]],
    ["no text", "  ", []],
  ])("knows %s", (_, text, expected) => {
    expect(texts(text)).toEqual(expected);
  });

  test("says where each sentence begins", () => {
    expect(sentencesOf(" One.  Two. ")).toEqual([
      { text: "One.", index: 1 },
      { text: "Two.", index: 7 },
    ]);
  });
});

describe("wordsOf", () => {
  test.each([
    ["counts what holds a letter", "Redis 7.0 – 8 is 1 of them", ["Redis", "is", "of", "them"]],
    ["takes a compound as one word", "a fail-over's end", ["a", "fail-over's", "end"]],
    ["knows letters outside ASCII", "für 20 €", ["für"]],
  ])("%s", (_, text, expected) => {
    expect(wordsOf(text).map((word) => word.text)).toEqual(expected);
  });
});
