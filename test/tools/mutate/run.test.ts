import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DomainRun, runDomain } from "../../../tools/mutate/run/domain.js";
import { Outcomes } from "../../../tools/mutate/run/results.js";
import { judge } from "../../../tools/mutate/score.js";
import { LuaSources, type ScriptMutant } from "../../../tools/mutate/sources.js";
import { testsOf } from "../../../tools/mutate/tests.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));

describe("a run with mutants", () => {
  let folder: string;
  let sources: LuaSources;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "moonpath-mutate-test-"));
    sources = await LuaSources.read(join(root, "lua"));
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("finds a mutant that drops the check of late events, and not one without a change", async () => {
    const late = mutant("price/set.lua: last_sequence and sequence < last_sequence => false");
    const nothing = { ...late, id: "nothing", key: "nothing", end: late.start, replacement: "" };
    const files = testsOf(root, "price").filter(({ path }) => path === "test/lua/price/set.test.ts");
    const results = join(folder, "results.jsonl");
    const run: DomainRun = {
      root,
      domain: "price",
      mutants: [late, nothing],
      files,
      repeats: 1,
      results,
      environment: { MODEL_SEEDS: "fixed" },
      signal: new AbortController().signal,
    };
    await runDomain(run, sources);

    const outcomes = Outcomes.read(results, new Map(files.map(({ path, digest }) => [path, digest])));
    const states = judge([late, nothing], outcomes, () => files);
    expect(states.map(({ state }) => state)).toEqual(["found", "survivor"]);
    expect(states[0]?.by).toMatchObject({ file: "test/lua/price/set.test.ts" });

    // Nothing is left to do, so that the same run ends at once and adds nothing.
    const before = await readFile(results, "utf8");
    await runDomain(run, sources);
    expect(await readFile(results, "utf8")).toBe(before);
  }, 180_000);

  function mutant(id: string): ScriptMutant {
    const found = sources.mutants.find((one) => one.id === id);
    if (found === undefined) throw new Error(`there is no mutant ${id}`);
    return found;
  }
});

describe("stored outcomes", () => {
  const outcome = { key: "a", file: "one.test.ts", digest: "1", found: true, test: "t", error: "e" };

  test("count while the test file is unchanged", () => {
    expect(new Outcomes([outcome], new Map([["one.test.ts", "1"]])).foundBy("a")).toEqual(outcome);
    expect(new Outcomes([outcome], new Map([["one.test.ts", "2"]])).foundBy("a")).toBeUndefined();
  });

  test("name the test files that a mutant has passed", () => {
    const survived = { ...outcome, found: false };
    const outcomes = new Outcomes([survived], new Map([["one.test.ts", "1"]]));
    expect(outcomes.survived("a", "one.test.ts")).toBe(true);
    expect(outcomes.survived("a", "two.test.ts")).toBe(false);
    expect(outcomes.survived("b", "one.test.ts")).toBe(false);
  });
});
