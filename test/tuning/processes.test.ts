import { expect, test } from "vitest";
import { collectFigures, createFreshTuner } from "../../src/tuning/index.js";
import { openMoonpath } from "../support/cache/kit.js";
import { type Child, runChild } from "../support/child.js";
import { freshNamespace } from "../support/redis.js";
import { eventually, within } from "../support/wait.js";

const PROGRAM = "tuning/tuning-process.ts";
const LIMIT_MS = 40_000;

interface Step {
  readonly atMs: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The steps that these processes have decided, in the order of their times. */
function stepsOf(children: readonly Child[]): readonly Step[] {
  return children
    .flatMap(({ lines }) => lines)
    .filter(({ what }) => what === "step")
    .map(({ items = [] }) => ({ atMs: Number(items[0]), fromMs: Number(items[2]), toMs: Number(items[3]) }))
    .sort((one, other) => one.atMs - other.atMs);
}

test("of two processes one decides at a time, both follow, and one goes on when the other is killed", {
  timeout: 120_000,
}, async () => {
  const namespace = freshNamespace();
  const moonpath = await openMoonpath({ namespace });
  const figures = collectFigures(moonpath);
  const children = [await runChild(PROGRAM, namespace), await runChild(PROGRAM, namespace)];
  const [one, other] = children;
  if (!one || !other) throw new Error("there are two");
  await Promise.all(children.map((child) => child.line(({ what }) => what === "ready")));
  await eventually(
    "there are two steps",
    () => expect(stepsOf(children).length).toBeGreaterThan(1),
    LIMIT_MS,
  );
  await eventually(
    "both processes follow the last step",
    async () => {
      const published = await figures.readAll();
      const times = published.map(({ caches }) => caches[0]?.freshMs);
      const last = stepsOf(children).at(-1)?.toMs;
      expect(times).toEqual([last, last]);
    },
    LIMIT_MS,
  );
  const steps = stepsOf(children);
  expect(steps[0]?.fromMs).toBe(40);
  // With two deciders at a time, two steps would begin at the same time.
  for (const [place, { fromMs }] of steps.entries())
    if (place > 0) expect(fromMs).toBe(steps[place - 1]?.toMs);
  const [killed, left] = one.lines.some(({ what }) => what === "step") ? [one, other] : [other, one];
  await killed.kill("SIGKILL");
  const before = left.lines.length;
  await within(
    "the other process decides",
    left.line(({ what }, position) => what === "step" && position >= before),
    LIMIT_MS,
  );
  const logged = await createFreshTuner(moonpath, { figures }).status();
  expect(logged.steps.length).toBeGreaterThan(2);
  expect(logged.steps.every(({ reason }) => reason.length > 20)).toBe(true);
  expect(children.flatMap(({ lines }) => lines).filter(({ what }) => what === "error")).toEqual([]);
});
