import type { Facts } from "../analysis/facts.js";
import type { LateFailure } from "../analysis/interpreter/recorder.js";
import type { Problem } from "../parse/problem.js";
import { type Checked, listed, violation } from "./input.js";

/** Nothing can fail after the first write, and no run touches a key that it may have emptied. */
export function checkOrder({ facts }: Checked): readonly Problem[] {
  return [...lateFailures(facts), ...lateTouches(facts)];
}

function lateFailures({ recorder }: Facts): readonly Problem[] {
  return [...recorder.failures.values()].map((failure) => {
    const { command, position } = failure.first;
    const written = `after \`${command}\` on line ${position.line}${inFile(failure)}`;
    return violation(
      "order/write-before-check",
      failure.range,
      `${written}, ${reason(failure)}`,
      fix(failure),
    );
  });
}

function lateTouches({ recorder }: Facts): readonly Problem[] {
  return [...recorder.touches.values()].map(({ range, command, key, emptiedBy }) => {
    const emptied = `\`${emptiedBy.command}\` on line ${emptiedBy.position.line}${inFile({ first: emptiedBy, range })}`;
    return violation(
      "order/touch-after-remove",
      range,
      `\`${command}\` touches \`${key}\`, which ${emptied} may have emptied`,
    );
  });
}

function inFile({ first, range }: Pick<LateFailure, "first" | "range">): string {
  return first.position.file === range.start.file ? "" : ` of ${first.position.file}`;
}

function reason({ why, what, keys }: LateFailure): string {
  if (why === "error") return `\`${what}\` can stop the script`;
  if (why === "operand") return `\`${what}\` can fail because of its operands`;
  if (why === "argument")
    return `\`${what}\` can fail because an argument is not a number or is out of range`;
  if (why === "content") return `\`${what}\` can fail because of the stored value`;
  const names = listed([...new Set(keys)].map((key) => `\`${key}\``));
  return `\`${what}\` can fail because no command has proved the type of ${names}`;
}

function fix({ why }: LateFailure): string | undefined {
  if (why === "type") return "read each key by a command of its type before the first write";
  if (why === "content")
    return "read and check the value before the first write, and store the result with SET, HSET or ZADD";
  return undefined;
}
