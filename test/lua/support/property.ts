import * as fc from "fast-check";

/** How many random sequences of commands a model test tries, and how long they get. */
const runs = Number(process.env["MOONPATH_STEPS"] ?? 100);
const longest = 30;

let subjects = 0;

/** A name that no other sequence of this file has used. */
export function freshName(): string {
  return `thing-${++subjects}`;
}

/**
 * Checks random sequences of commands against a model. On a failure fast-check prints the seed, the path and the
 * shortest sequence that still fails. `MOONPATH_STEPS=5000` tries more.
 */
export async function checkModel<Command>(
  command: fc.Arbitrary<Command>,
  run: (commands: readonly Command[]) => Promise<void>,
): Promise<void> {
  const commands = fc.array(command, { minLength: 1, maxLength: longest, size: "max" });
  await fc.assert(fc.asyncProperty(commands, run), { numRuns: runs, endOnFailure: false });
}

/** How long a model test may take: a second for every ten sequences, and no less than twenty. */
export const modelLimitMs = Math.max(20_000, runs * 100);
