import type { Problem } from "../parse/problem.js";
import { type Checked, violation } from "./input.js";

const MAX_ITERATIONS = 10_000;
const MAX_UNPACKED = 1000;
/**
 * A call blocks the server while it copies a text, and Redis's memory limit does not count Lua's.
 */
const MAX_TEXT_BYTES = 1_000_000;
/**
 * Time may grow with the square of a text's length. SCRIPT KILL does not end the search for a
 * pattern.
 */
const MAX_PATTERN_WORK = 2;

function figures(count: number): string {
  return count.toLocaleString("en-GB");
}

/** Loops, unpack, texts and calls have bounds. */
export function checkBounds({ facts }: Checked): readonly Problem[] {
  const { loops, unpacks, recursions, texts } = facts.recorder;
  const problems: Problem[] = [];
  for (const { range, limit, min, iterations, stepMayBeZero, neverEnds } of loops.values()) {
    if (stepMayBeZero) {
      problems.push(
        violation("bounds/loop", range, "the loop's step may be zero", "write the step as a number"),
      );
    } else if (neverEnds) {
      const fix = "end the loop by its condition, break or return";
      problems.push(
        violation("bounds/loop", range, "the loop never ends, although its comment declares a limit", fix),
      );
    } else if (limit === undefined) {
      problems.push(violation("bounds/loop", range, "the loop declares no limit"));
    } else if (limit.max > MAX_ITERATIONS) {
      const message = `the loop may run ${figures(limit.max)} times, more than ${figures(MAX_ITERATIONS)}`;
      problems.push(
        violation(
          "bounds/loop",
          range,
          message,
          "process a part, and let the caller call again for the rest",
        ),
      );
    } else if (min > limit.max) {
      const message = `the loop runs ${figures(min)} times, but its comment declares at most ${figures(limit.max)}`;
      problems.push(
        violation("bounds/loop", range, message, "correct the comment above the loop, or the loop"),
      );
    } else if (iterations > MAX_ITERATIONS) {
      const message = `with the loops around it, the loop may run ${figures(iterations)} times, more than ${figures(MAX_ITERATIONS)}`;
      problems.push(
        violation(
          "bounds/loop",
          range,
          message,
          "process a part, and let the caller call again for the rest",
        ),
      );
    }
  }
  for (const { range, max } of unpacks.values()) {
    if (max <= MAX_UNPACKED) continue;
    const message = Number.isFinite(max)
      ? `unpack may give ${figures(max)} values, more than ${figures(MAX_UNPACKED)}`
      : "the number of values that unpack may give is unknown";
    problems.push(violation("bounds/unpack", range, message));
  }
  for (const { range, by, work } of facts.recorder.patterns.values()) {
    if (work <= MAX_PATTERN_WORK) continue;
    const message = Number.isFinite(work)
      ? `\`${by}\` may need n^${work} steps for a text of n characters`
      : `the time that \`${by}\` needs for this pattern is unknown`;
    problems.push(violation("bounds/pattern", range, message));
  }
  for (const { range, by, doubles, max } of texts.values()) {
    if (max <= MAX_TEXT_BYTES) continue;
    const message = doubles
      ? "the text may double in each iteration of a loop, or contain its parts over 1,000 times"
      : Number.isFinite(max)
        ? `${by} may make ${figures(max)} bytes, more than ${figures(MAX_TEXT_BYTES)}`
        : `the number of bytes that ${by} may make is unknown`;
    problems.push(violation("bounds/text", range, message));
  }
  for (const { range, name } of recursions.values()) {
    problems.push(violation("bounds/recursion", range, `\`${name}\` calls itself here`));
  }
  return problems;
}
