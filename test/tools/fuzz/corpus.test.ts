import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { type Outcome, runTargets } from "../../../tools/fuzz/support/run.js";
import { TARGETS } from "../../../tools/fuzz/targets/index.js";
import { bundleOf, ROOT } from "../../support/bundle.js";

const root = mkdtempSync(join(tmpdir(), "moonpath-fuzz-test-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const child = await bundleOf(join(ROOT, "tools/fuzz/child.ts"));

async function bundled(folder: string, target: string): Promise<string> {
  return pathToFileURL(await bundleOf(join(ROOT, folder, `${target}.ts`))).href;
}

async function run(plan: {
  target: string;
  seconds: number;
  seed?: number;
  hangMs?: number;
}): Promise<Outcome[]> {
  const module = await bundled("test/support/fuzz/planted", plan.target);
  return runTargets({
    targets: [plan.target],
    seconds: plan.seconds,
    seed: plan.seed ?? 1,
    hangMs: plan.hangMs ?? 10_000,
    corpusRoot: root,
    child,
    module: () => module,
    ended: () => undefined,
  });
}

test.each(TARGETS)("every saved input of %s passes", { timeout: 120_000 }, async (target) => {
  const module = await bundled("tools/fuzz/targets", target);
  const [outcome] = await runTargets({
    targets: [target],
    seconds: 0,
    seed: 1,
    hangMs: 10_000,
    corpusRoot: "test/tools/fuzz/corpus",
    child,
    module: () => module,
    ended: () => undefined,
  });
  expect(outcome?.notes).toEqual([]);
  expect(outcome?.tried).toBeGreaterThan(0);
});

test("the fuzzer finds a planted fault, minimises it, saves it and finds it again", {
  timeout: 60_000,
}, async () => {
  const [first] = await run({ target: "fault", seconds: 1 });
  expect(first?.findings).toEqual([{ message: "holds an x", input: { text: "x" } }]);
  const [file = ""] = readdirSync(join(root, "fault"));
  const saved: unknown = JSON.parse(readFileSync(join(root, "fault", file), "utf8"));
  expect(saved).toEqual({
    why: "holds an x",
    repeat: "npm run fuzz -- --only fault --seconds 0",
    input: { text: "x" },
  });
  const [again] = await run({ target: "fault", seconds: 0 });
  expect(again).toMatchObject({ tried: 1, findings: [{ file: join(root, "fault", file) }] });
  expect(readdirSync(join(root, "fault"))).toEqual([file]);
});

test("the fuzzer reports an unhandled error as a finding", { timeout: 60_000 }, async () => {
  const [outcome] = await run({ target: "unhandled", seconds: 1 });
  expect(outcome?.findings[0]?.message).toMatch(
    /^an error that nobody handled: Error: nobody waits for this/,
  );
});

test("the fuzzer finds and saves an input that never ends", { timeout: 90_000 }, async () => {
  const [outcome] = await run({ target: "hang", seconds: 30, hangMs: 1_000 });
  expect(outcome?.findings).toEqual([
    { message: "one input took more than 1000 ms, twice", input: { text: expect.stringContaining("x") } },
  ]);
  expect(readdirSync(join(root, "hang"))).toHaveLength(1);
});

test("the same seed tries the same inputs", { timeout: 60_000 }, async () => {
  const messages = async (seed: number) =>
    (await run({ target: "told", seconds: 1, seed })).flatMap(({ findings }) =>
      findings.map(({ message }) => message),
    );
  const first = await messages(3);
  rmSync(join(root, "told"), { recursive: true, force: true });
  expect(await messages(3)).toEqual(first);
  rmSync(join(root, "told"), { recursive: true, force: true });
  expect(await messages(4)).not.toEqual(first);
});
