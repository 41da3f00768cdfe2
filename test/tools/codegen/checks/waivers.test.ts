import { describe, expect, test } from "vitest";
import { checkModuleWaivers } from "../../../../tools/codegen/src/checks/check.js";
import { isProblem, parseSource } from "../../../../tools/codegen/src/parse/source/source.js";
import { check, expectGood, expectProblems, type Snippet } from "../../../support/codegen/snippet.js";

function waived(...comments: string[]): Snippet {
  const lines = comments.map((comment) => `-- ${comment}`).join("\n");
  return {
    params: ["hash key.hash read"],
    body: `redis.call("HLEN", hash)\n${lines}\nredis.call("HLEN", "shop:all")\nreturn "done"`,
  };
}

const undeclared = (line: number): string =>
  `keys/undeclared body ${line} «"shop:all"» the key of \`HLEN\` is the literal "shop:all"`;

describe("a waiver", () => {
  test("with a reason silences a rule on the next line", () => {
    expectGood(waived("moonpath-allow keys/undeclared: one key for all tenants, on one node"));
    expectGood(waived("moonpath-allow keys/undeclared: one key for all tenants", "at most 7 words"));
  });

  test("of another rule silences nothing", () => {
    expectProblems(waived("moonpath-allow keys/unused: no reason"), [
      "waiver/unused body 2 «-- moonpath-allow keys/unused: no reason» line 7 does not violate `keys/unused`",
      undeclared(3),
    ]);
  });

  test("without a reason is waiver/no-reason", () => {
    expectProblems(waived("moonpath-allow keys/undeclared"), [
      "waiver/no-reason body 2 «-- moonpath-allow keys/undeclared» the waiver of `keys/undeclared` gives no reason",
      undeclared(3),
    ]);
  });

  test("of an unknown rule is waiver/unknown-rule", () => {
    expectProblems(waived("moonpath-allow keys/undeclard: slip"), [
      "waiver/unknown-rule body 2 «-- moonpath-allow keys/undeclard: slip» the rule `keys/undeclard` does not exist",
      undeclared(3),
    ]);
  });

  test("that silences nothing is waiver/unused", () => {
    const snippet = waived("moonpath-allow keys/undeclared: needed no more");
    expectProblems({ ...snippet, body: snippet.body.replace('"shop:all"', "hash") }, [
      "waiver/unused body 2 «-- moonpath-allow keys/undeclared: needed no more» line 7 does not violate `keys/undeclared`",
    ]);
  });

  test("in a module needs to silence a problem in only one script", () => {
    const text = `--- Counts.
local function tally()
  -- moonpath-allow keys/undeclared: one key for all tenants
  return redis.call("HLEN", "shop:all")
end
return tally
`;
    const source = parseSource("lib/tally.lua", text);
    if (isProblem(source)) throw new Error(source.message);
    const snippet = {
      params: ["hash key.hash read"],
      head: 'local tally = require("lib.tally")',
      files: { "lib/tally.lua": text },
      body: 'redis.call("HLEN", hash)\nlocal _ = tally()\nreturn "done"',
    };
    expectGood(snippet);
    expect(checkModuleWaivers([source], [check(snippet)])).toEqual([]);
    const unused = checkModuleWaivers([source], []);
    expect(unused.map(({ rule, position }) => `${rule} ${position.file}:${position.line}`)).toEqual([
      "waiver/unused lib/tally.lua:3",
    ]);
  });
});
