import * as fc from "fast-check";
import { expect } from "vitest";
import { getCurrentTest } from "vitest/suite";
import { scripts } from "../../../src/index.js";

declare module "vitest" {
  interface TaskMeta {
    /** How many commands a model has tried; in the report of a reporter such as `json`. */
    modelSteps?: number;
  }
}

/** How many commands the models of all domains together try, and how long a sequence of them gets. */
const stepsInAll = Number(process.env["MODEL_STEPS"] ?? 7_000);
const longest = 50;

/** How many of them each model tries: every domain has one model. */
const steps = Math.ceil(stepsInAll / Object.keys(scripts).length);

let subjects = 0;

/** A name that no other sequence of this file has used. */
export function freshName(): string {
  return `thing-${++subjects}`;
}

/**
 * Checks random sequences of commands against a model, until the model's share of steps has been taken. On a failure
 * fast-check prints the seed, the path and the shortest sequence that still fails.
 *
 * `MODEL_STEPS=100000` takes that many steps over all models, and prints how many each has really taken.
 */
export async function checkModel<Command>(
  command: fc.Arbitrary<Command>,
  run: (commands: readonly Command[]) => Promise<void>,
): Promise<void> {
  const commands = fc.array(command, { minLength: 1, maxLength: longest, size: "max" });
  const meta = getCurrentTest()?.meta;
  let [taken, sequences] = [0, 0];
  const counted = fc.asyncProperty(commands, async (sequence) => {
    await run(sequence);
    taken += sequence.length;
    sequences++;
    if (meta) meta.modelSteps = taken;
  });
  while (taken < steps) {
    const numRuns = Math.ceil((steps - taken) / longest);
    await fc.assert(counted, { numRuns, endOnFailure: false });
  }
  expect(taken).toBeGreaterThanOrEqual(steps);
  if (process.env["MODEL_STEPS"] !== undefined) {
    console.log(`${taken} steps in ${sequences} sequences: ${expect.getState().currentTestName}`);
  }
}

/** How long a model test may take: twenty milliseconds a step, and no less than thirty seconds. */
export const modelLimitMs = Math.max(30_000, steps * 20);
