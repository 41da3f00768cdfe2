import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { afterTest } from "../../support/cleanup.js";
import { type Ended, run, runProgram } from "../../support/program.js";

const PROGRAM = "tools/models/main.ts";
// gcc takes 2 s for each search, and much longer beside other tests.
const LIMIT_MS = 100_000;

const hasPrograms = await Promise.all([run("spin", ["-V"]), run("gcc", ["--version"])]).then(
  () => true,
  () => false,
);

/** Runs the program with an empty folder for temporary files, and adds what is left in it. */
async function models(...args: string[]): Promise<Ended & { readonly left: readonly string[] }> {
  const folder = await mkdtemp(join(tmpdir(), "moonpath-test-"));
  afterTest(() => rm(folder, { recursive: true, force: true }));
  const ended = await runProgram(PROGRAM, args, { env: { TMPDIR: folder }, limitMs: LIMIT_MS });
  return { ...ended, left: await readdir(folder) };
}

describe.runIf(hasPrograms)("a run", { timeout: 1.2 * LIMIT_MS }, () => {
  test("finds nothing in a model, and the violation of each mutation", async () => {
    const { status, output, errors, left } = await models("--only", "pattern", "--show");
    expect({ status, errors, left }).toEqual({ status: 0, errors: "", left: [] });
    const lines = output.split("\n");
    expect(lines[0]).toMatch(/^ok {4}pattern +holds +\d+ states +[\d.]+ s {2}leases and blocks first/);
    expect(lines[1]).toMatch(/^ok {4}pattern ONE_PASS +fails/);
    expect(output).toContain("1. SCAN visits");
    expect(output).toMatch(/\d+\. a reader gets 0\n/);
    expect(output).toMatch(/^3 searches, 0 not as expected, \d+ states, \d+ s$/m);
  });

  test("finds a cycle without progress", async () => {
    const { status, output } = await models("--only", "ALWAYS_EXTENDED", "--show");
    expect({ status, output }).toEqual({
      status: 0,
      output: expect.stringMatching(
        /^ok {4}token-life ALWAYS_EXTENDED +fails[\s\S]*from here on, again and again:/,
      ),
    });
  });
});

test("a missing program is an error of the environment, with the command that installs it", async () => {
  const { status, errors, output } = await runProgram(PROGRAM, [], { env: { PATH: "/nonexistent" } });
  expect({ status, errors, output }).toEqual({
    status: 2,
    errors:
      "error of the environment: spin and gcc not found in PATH; install it with: apt-get install spin gcc\n",
    output: "",
  });
});

test("an unknown name is an error", async () => {
  const { status, errors } = await models("--only", "tags,NO_SUCH");
  expect({ status, errors }).toEqual({
    status: 2,
    errors: "error: --only: no model and no macro has the name NO_SUCH\n",
  });
});

test("--help has an example, and --list has the searches", async () => {
  expect((await models("--help")).output).toContain("\nExample: npm run models -- --only AT_ONCE --show\n");
  expect((await models("--list", "--only", "pattern")).output).toContain(
    "pattern NO_BLOCKS  a writer keeps its right to set (What an invalidation does)\n",
  );
});
