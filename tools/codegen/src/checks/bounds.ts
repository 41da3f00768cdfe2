import type { Problem } from "../parse/problem.js";
import { breach, type Checked } from "./input.js";

const MOST_ROUNDS = 10_000;
const MOST_UNPACKED = 1000;
/** A call blocks the server while it copies a text, and Redis's memory limit does not count Lua's. */
const MOST_TEXT_BYTES = 1_000_000;
/** Time may grow with the square of a text's length. SCRIPT KILL does not end the search for a pattern. */
const MOST_PATTERN_WORK = 2;

function figures(count: number): string {
  return count.toLocaleString("en-GB");
}

/** Loops, unpack, texts and calls have bounds. */
export function checkBounds({ facts }: Checked): readonly Problem[] {
  const { loops, unpacks, recursions, texts } = facts.recorder;
  const problems: Problem[] = [];
  for (const { spot, limit, least, rounds, endless, unending } of loops.values()) {
    if (endless) {
      problems.push(breach("bounds/loop", spot, "the loop's step may be zero", "write the step as a number"));
    } else if (unending) {
      const mend = "leave it by its condition, break or return";
      problems.push(breach("bounds/loop", spot, "the loop never ends, whatever its comment says", mend));
    } else if (limit === undefined) {
      problems.push(breach("bounds/loop", spot, "the loop declares no limit"));
    } else if (limit.atMost > MOST_ROUNDS) {
      const message = `the loop may run ${figures(limit.atMost)} times, more than ${figures(MOST_ROUNDS)}`;
      problems.push(breach("bounds/loop", spot, message, "do a part, and let the caller come back for more"));
    } else if (least > limit.atMost) {
      const message = `the loop runs ${figures(least)} times, and its comment says at most ${figures(limit.atMost)}`;
      problems.push(breach("bounds/loop", spot, message, "correct the comment above the loop, or the loop"));
    } else if (rounds > MOST_ROUNDS) {
      const message = `within the loops around it, the loop may run ${figures(rounds)} times, more than ${figures(MOST_ROUNDS)}`;
      problems.push(breach("bounds/loop", spot, message, "do a part, and let the caller come back for more"));
    }
  }
  for (const { spot, greatest } of unpacks.values()) {
    if (greatest <= MOST_UNPACKED) continue;
    const message = Number.isFinite(greatest)
      ? `unpack may give ${figures(greatest)} values, more than ${figures(MOST_UNPACKED)}`
      : "nothing tells how many values unpack may give";
    problems.push(breach("bounds/unpack", spot, message));
  }
  for (const { spot, by, work } of facts.recorder.patterns.values()) {
    if (work <= MOST_PATTERN_WORK) continue;
    const message = Number.isFinite(work)
      ? `\`${by}\` may look at a text of n characters n^${work} times`
      : `nothing tells how long \`${by}\` may look for this pattern`;
    problems.push(breach("bounds/pattern", spot, message));
  }
  for (const { spot, by, doubles, greatest } of texts.values()) {
    if (greatest <= MOST_TEXT_BYTES) continue;
    const message = doubles
      ? "the text may hold what it is made of twice in each round of a loop, or over 1,000 times"
      : Number.isFinite(greatest)
        ? `${by} may make ${figures(greatest)} bytes, more than ${figures(MOST_TEXT_BYTES)}`
        : `nothing tells how many bytes ${by} may make`;
    problems.push(breach("bounds/text", spot, message));
  }
  for (const { spot, name } of recursions.values()) {
    problems.push(breach("bounds/recursion", spot, `\`${name}\` comes to call itself here`));
  }
  return problems;
}
