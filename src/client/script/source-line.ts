import type { ScriptForm } from "./script.js";

/**
 * Where a line of a script's text comes from: `lua/stock/adjust.lua:131`; undefined for a generated
 * line. Only errors need it, so it reads the runs each time.
 */
export function sourceLine(lines: ScriptForm["lines"], line: number): string | undefined {
  for (const [file, runs] of Object.entries(lines)) {
    for (const [, first, last = first, source] of runs.matchAll(/(\d+)(?:-(\d+))?:(\d+)/g)) {
      if (Number(first) <= line && line <= Number(last)) {
        return `${file}:${Number(source) + line - Number(first)}`;
      }
    }
  }
  return undefined;
}
