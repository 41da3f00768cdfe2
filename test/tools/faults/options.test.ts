import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../../..");

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
  ["faults", ["--only", "99"], /There are the faults 1, 2, /],
  ["faults", ["--only", "10", "--redis", "/no/such/program"], /^error: .*\/no\/such\/program/],
  [
    "bench",
    ["--only", "claims", "--page", "/nonexistent/bench.md"],
    /No file can be written into \/nonexistent/,
  ],
])("%s %j is refused before anything runs", (tool, options, expected) => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", join("tools", tool, "main.ts"), ...options],
    { cwd: root, encoding: "utf8", timeout: 60_000 },
  );
  expect(stderr).toMatch(expected);
  expect(stderr).not.toContain("    at ");
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
});
