import type { LateFailure } from "../analysis/interpreter/recorder.js";
import type { Problem } from "../parse/problem.js";
import { breach, type Checked, listed } from "./input.js";

/** Nothing can fail after the first write. */
export function checkOrder({ facts }: Checked): readonly Problem[] {
  return [...facts.recorder.failures.values()].map((failure) => {
    const { command, place } = failure.first;
    const written = `after \`${command}\` on line ${place.line}${inFile(failure)}`;
    return breach("order/write-before-check", failure.spot, `${written}, ${reason(failure)}`, mend(failure));
  });
}

function inFile({ first, spot }: LateFailure): string {
  return first.place.file === spot.place.file ? "" : ` of ${first.place.file}`;
}

function reason({ why, what, keys }: LateFailure): string {
  if (why === "error") return `\`${what}\` can stop the script`;
  if (why === "operand") return `\`${what}\` can fail of what it is given`;
  if (why === "argument") return `\`${what}\` can fail of an argument that is no number, or out of range`;
  if (why === "content") return `\`${what}\` can fail of what is stored`;
  const names = listed([...new Set(keys)].map((key) => `\`${key}\``));
  return `\`${what}\` can fail of the type of ${names}, which no command has proved`;
}

function mend({ why }: LateFailure): string | undefined {
  if (why === "type") return "read each key by a command of its type before the first write";
  if (why === "content")
    return "read and check the value before the first write, and store the result with SET, HSET or ZADD";
  return undefined;
}
