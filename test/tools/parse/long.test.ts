import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { readFolder } from "../../../tools/disk/read.js";
import { generate } from "../../../tools/generate.js";
import type { Files } from "../../../tools/parse/folder.js";
import { checkStyle } from "../../../tools/style.js";

const SCRIPT = "board/top.lua";
const FIRST_LINE = "  local entries = {}\n";
/** Linear code needs one or two seconds; quadratic code took 30 s for a fifth of these lines. */
const LIMIT_S = 20;

let sources: Files;
beforeAll(async () => {
  sources = await readFolder(fileURLToPath(new URL("../cli/foreign/lua", import.meta.url)), [".lua"]);
});

/** Processor time of the checks for a script with these lines in it, in seconds, and the rules that it breaks. */
function check(lines: string): { readonly seconds: number; readonly rules: readonly string[] } {
  const script = sources.get(SCRIPT) ?? "";
  expect(script).toContain(FIRST_LINE);
  const files = new Map(sources).set(
    SCRIPT,
    script.replace(FIRST_LINE, () => lines + FIRST_LINE),
  );
  const begin = process.cpuUsage();
  const options = { client: "moonpath/client", namespace: "moonpath", sourceRoot: "lua" };
  const rules = generate(files, options).problems.map(({ rule }) => rule);
  rules.push(...checkStyle(files).map(({ rule }) => rule));
  const { user, system } = process.cpuUsage(begin);
  return { seconds: (user + system) / 1e6, rules: [...new Set(rules)] };
}

describe("hole 11: long files take time in proportion to their length", () => {
  it.each([
    { what: "comments", line: "  -- a comment", count: 100_000 },
    { what: "documentation", line: "  --- a comment", count: 100_000 },
    { what: "waivers", line: "  -- moonpath-allow keys/undeclared: a reason", count: 100_000 },
    { what: "blank lines", line: "", count: 100_000 },
    { what: "statements", line: "  board = board", count: 10_000 },
  ])(
    "$count lines of $what",
    ({ line, count }) => {
      expect(check(`${line}\n`.repeat(count)).seconds).toBeLessThan(LIMIT_S);
    },
    120_000,
  );

  it("more locals than the analysis can follow are told", () => {
    expect(check("  do local x = 1 end\n".repeat(2_000)).rules).toContain("bounds/analysis");
  }, 120_000);
});
