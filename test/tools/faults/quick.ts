import { describe, expect, test } from "vitest";
import type { EngineUnderTest } from "../../../tools/faults/engine.js";
import { identify } from "../../../tools/faults/engine.js";
import { faults } from "../../../tools/faults/faults.js";
import { runFault } from "../../../tools/faults/run.js";

/** No quick run takes longer. */
const LIMIT_MS = 60_000;

/** How many files share the runs, so that they go side by side. */
const FILES = 3;

/** 21 runs the model tests, which the suite runs anyway. */
const elsewhere: readonly number[] = [21];

/** Runs every third fault in its quick size, each as a test of its own, from the first, second or third one on. */
export function runQuickly(file: 1 | 2 | 3): void {
  const chosen = faults.filter(({ id }) => !elsewhere.includes(id));
  let engine: Promise<EngineUnderTest> | undefined;
  describe.each(chosen.filter((_, index) => index % FILES === file - 1))("fault $id", (fault) => {
    test(fault.name, { timeout: 2 * LIMIT_MS }, async ({ signal }) => {
      engine ??= identify(undefined);
      const outcome = await runFault(fault, {
        scale: "quick",
        engine: await engine,
        limitMs: LIMIT_MS,
        signal,
        progress: () => {},
      });
      const { size, figure, control, note } = outcome;
      expect(outcome.ok, [size, figure, control, note].filter(Boolean).join("\n")).toBe(true);
    });
  });
}
