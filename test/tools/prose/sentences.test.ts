import { describe, expect, test } from "vitest";
import { sentencesOf, wordsOf } from "../../../tools/prose/sentences.js";

const texts = (text: string) => sentencesOf(text).map((sentence) => sentence.text);

describe("sentencesOf", () => {
  test.each([
    { name: "two plain sentences", text: "It reads. It writes.", expected: ["It reads.", "It writes."] },
    {
      name: "a question and a call",
      text: "Why? Because! It ends.",
      expected: ["Why?", "Because!", "It ends."],
    },
    {
      name: "a sentence with a small first letter",
      text: "It ends. ioredis goes on.",
      expected: ["It ends.", "ioredis goes on."],
    },
    {
      name: "a list of names and meanings",
      text: "refused: too few units; so nothing changes; no_stock: none.",
      expected: ["refused: too few units; so nothing changes;", "no_stock: none."],
    },
    {
      name: "brackets and quotes behind the dot",
      text: "It says (twice.) Then “no.” Then ends.",
      expected: ["It says (twice.)", "Then “no.”", "Then ends."],
    },
    {
      name: "abbreviations",
      text: "Some (e.g. Redis, i.e. Valkey) vs. KeyDB cf. Lua.",
      expected: ["Some (e.g. Redis, i.e. Valkey) vs. KeyDB cf. Lua."],
    },
    {
      name: "file names with dots",
      text: "See docs/client.md for it. See package.json too.",
      expected: ["See docs/client.md for it.", "See package.json too."],
    },
    {
      name: "version numbers",
      text: "Redis 7.2.5 or later. Node 20.19 and v1.0.0 too.",
      expected: ["Redis 7.2.5 or later.", "Node 20.19 and v1.0.0 too."],
    },
    { name: "numbers", text: "It takes 1.5 ms. Then 2.", expected: ["It takes 1.5 ms.", "Then 2."] },
    {
      name: "names of functions",
      text: "Call acme.stock.adjust and Script.Load then.",
      expected: ["Call acme.stock.adjust and Script.Load then."],
    },
    {
      name: "a question mark inside a type",
      text: "An id?, and level?total are types.",
      expected: ["An id?, and level?total are types."],
    },
    {
      name: "dots that stand for a pause",
      text: "After 1, 4, 16, ... seconds it ends.",
      expected: ["After 1, 4, 16, ... seconds it ends."],
    },
    { name: "a semicolon, which joins", text: "It reads; it writes.", expected: ["It reads; it writes."] },
    { name: "no text", text: "  ", expected: [] },
  ])("splits $name", ({ text, expected }) => {
    expect(texts(text)).toEqual(expected);
  });

  test("returns the index of each sentence", () => {
    expect(sentencesOf(" One.  Two. ")).toEqual([
      { text: "One.", index: 1 },
      { text: "Two.", index: 7 },
    ]);
  });
});

describe("wordsOf", () => {
  test.each([
    {
      name: "counts what holds a letter",
      text: "Redis 7.0 – 8 is 1 of them",
      expected: ["Redis", "is", "of", "them"],
    },
    {
      name: "takes a compound as one word",
      text: "a fail-over's end",
      expected: ["a", "fail-over's", "end"],
    },
    { name: "knows letters outside ASCII", text: "für 20 €", expected: ["für"] },
  ])("$name", ({ text, expected }) => {
    expect(wordsOf(text).map((word) => word.text)).toEqual(expected);
  });
});
