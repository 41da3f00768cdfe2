import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../../support/bundle.js";
import { runProgram } from "../../support/program.js";

test.each([
  [
    "faults",
    ["--only", "10", "--json", "/nonexistent/faults.json"],
    /No file can be written into \/nonexistent/,
  ],
  ["faults", ["--only", "10", "--page", tmpdir()], /It is a folder/],
  [
    "faults",
    ["--only", "10", "--json", "package.json/faults.json"],
    /No file can be written into .*package\.json/,
  ],
  ["faults", ["--only", "99"], /The faults are 1, 2, /],
  ["faults", ["--only", "10", "--redis", "/no/such/program"], /^error: .*\/no\/such\/program/],
  [
    "bench",
    ["--only", "claims", "--page", "/nonexistent/bench.md"],
    /No file can be written into \/nonexistent/,
  ],
])("%s %j is refused before anything runs", async (tool, options, expected) => {
  const source = join(ROOT, "tools", tool, "main.ts");
  const { status, output, errors } = await runProgram(source, options, { cwd: ROOT, limitMs: 60_000 });
  expect(errors).toMatch(expected);
  expect(errors).not.toContain("    at ");
  expect({ status, output }).toEqual({ status: 1, output: "" });
});
