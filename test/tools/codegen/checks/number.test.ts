import { describe, test } from "vitest";
import { expectGood, expectProblems, type Snippet } from "../../../support/codegen/snippet.js";

function writing(text: string): Snippet {
  return {
    params: ["hash key.hash write", "sequence sequence", "amount units", "names id[]"],
    head: 'local now_ms = require("lib.now_ms")',
    body: `redis.call("HSET", hash, "text", ${text})
return sequence + amount + #names > now_ms() and "done" or "done"`,
  };
}

describe("number/concat", () => {
  const whole = "the number may have more than 14 digits";
  const cases: readonly [string, string, string][] = [
    ['"n:" .. sequence', "sequence", `${whole}, but \`..\` rounds it to 14`],
    ['now_ms() .. ""', "now_ms()", `${whole}, but \`..\` rounds it to 14`],
    ["tostring(sequence)", "sequence", `${whole}, but \`tostring\` rounds it to 14`],
    ['string.format("n:%s", sequence)', "sequence", `${whole}, but \`string.format("%s")\` rounds it to 14`],
    ['table.concat({ sequence }, ",")', "{ sequence }", `${whole}, but \`table.concat\` rounds it to 14`],
    ['"n:" .. amount * amount', "amount * amount", `${whole}, but \`..\` rounds it to 14`],
    ['"n:" .. amount / 2', "amount / 2", "the number may have a fraction, but `..` rounds it to 14"],
  ];
  for (const [text, spot, message] of cases) {
    test(`reports ${text}`, () =>
      expectProblems(writing(text), [`number/concat body 1 «${spot}» ${message}`]));
  }

  test("accepts formatted digits and numbers with few digits", () => {
    expectGood(writing('string.format("n:%.0f", sequence)'));
    expectGood(writing('"n:" .. amount'));
    expectGood(writing('"n:" .. #names .. names[1]'));
    expectGood(writing("sequence"));
  });
});
