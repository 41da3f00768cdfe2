import type { Problem } from "../parse/problem.js";
import { type Checked, typeNamed, violation, wordRange } from "./input.js";

const PRESENT = ["now", "today", "timestamp", "clock", "currently"];

/** Arguments are read, and none of them is a client's clock. */
export function checkArgs(checked: Checked): readonly Problem[] {
  const { facts, contract } = checked;
  const problems: Problem[] = [];
  for (const arg of contract.args) {
    const range = wordRange(checked, arg.position, arg.name);
    if (!facts.usedParams.has(arg.name)) {
      problems.push(violation("args/unused", range, `the script does not read the argument \`${arg.name}\``));
    }
    if (arg.type.kind === "named" && isInstant(checked, arg.type.name) && meansNow(arg.name)) {
      const message = `\`${arg.name}\` comes from a client's clock, and clocks of clients differ`;
      problems.push(violation("time/client-clock", range, message));
    }
  }
  return problems;
}

function isInstant({ types }: Checked, name: string): boolean {
  const type = typeNamed(types, name);
  return name === "epoch_ms" || (type?.kind === "integer" && /\bsince\b/.test(type.unit ?? ""));
}

function meansNow(name: string): boolean {
  const words = name.split("_").filter((word) => !["ms", "s", "us", "at", "epoch"].includes(word));
  return (
    words.some((word) => PRESENT.includes(word)) ||
    words.join("_") === "time" ||
    words.join("_") === "current_time"
  );
}
