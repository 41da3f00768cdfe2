import type { Case } from "../case.js";

/** The text of the file that `--json` writes. */
export function jsonOf(cases: readonly Case[]): string {
  const rows = cases.map(({ name, ours, theirs, unit, ratio, target, ok }) => ({
    name,
    ours,
    theirs: theirs ?? null,
    unit,
    ratio: ratio ?? null,
    target: target === undefined ? null : "atLeast" in target ? target.atLeast : target.atMost,
    ok,
  }));
  return `${JSON.stringify({ cases: rows }, undefined, 2)}\n`;
}
