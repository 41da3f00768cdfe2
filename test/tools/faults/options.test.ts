import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../../support/bundle.js";
import { runProgram } from "../../support/program.js";

test.each([
  {
    name: "--json in a missing folder",
    tool: "faults",
    options: ["--only", "10", "--json", "/nonexistent/faults.json"],
    expected: /No file can be written into \/nonexistent/,
  },
  {
    name: "a folder as --page",
    tool: "faults",
    options: ["--only", "10", "--page", tmpdir()],
    expected: /It is a folder/,
  },
  {
    name: "--json below a file",
    tool: "faults",
    options: ["--only", "10", "--json", "package.json/faults.json"],
    expected: /No file can be written into .*package\.json/,
  },
  {
    name: "an unknown fault number",
    tool: "faults",
    options: ["--only", "99"],
    expected: /The faults are 1, 2, /,
  },
  {
    name: "a missing Redis program",
    tool: "faults",
    options: ["--only", "10", "--redis", "/no/such/program"],
    expected: /^error: .*\/no\/such\/program/,
  },
  {
    name: "--page in a missing folder",
    tool: "bench",
    options: ["--only", "locks", "--page", "/nonexistent/bench.md"],
    expected: /No file can be written into \/nonexistent/,
  },
  {
    name: "--json in a missing folder",
    tool: "bench",
    options: ["--only", "locks", "--json", "/nonexistent/figures.json"],
    expected: /No file can be written into \/nonexistent/,
  },
  {
    name: "a benchmark that does not exist",
    tool: "bench",
    options: ["--only", "claims"],
    expected: /The benchmarks are calls, events, .*, scripts\./,
  },
  {
    name: "a prefix of no script",
    tool: "bench",
    options: ["--only", "scripts", "--match", "nosuch."],
    expected: /No script begins with it\. The domains are stock, /,
  },
  {
    name: "--match without the scripts",
    tool: "bench",
    options: ["--only", "locks", "--match", "stock."],
    expected: /add --only scripts/,
  },
])("the command $tool refuses $name before it runs anything", async ({ tool, options, expected }) => {
  const source = join(ROOT, "tools", tool, "main.ts");
  const { status, output, errors } = await runProgram(source, options, { cwd: ROOT, limitMs: 60_000 });
  expect(errors).toMatch(expected);
  expect(errors).not.toContain("    at ");
  expect({ status, output }).toEqual({ status: 2, output: "" });
});
