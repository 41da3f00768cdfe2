import type { Module } from "../../codegen/src/parse/source/module.js";
import { comparisonsIn } from "./comparisons.js";
import { CallsOf, type Effects } from "./effects.js";
import { guardsIn } from "./guards.js";
import type { Mutant } from "./mutant.js";
import type { Piece } from "./pieces.js";
import { writesIn } from "./writes.js";

/** All mutants of one Lua source, in the order of their places. */
export function mutantsOf(module: Module, effects: Effects): Mutant[] {
  const { file, text } = module.source;
  const calls = new CallsOf(module, effects);
  const pieces = module.body
    .flatMap((statement) => [
      ...guardsIn(statement, calls),
      ...comparisonsIn(statement, text),
      ...writesIn(statement, calls),
    ])
    .sort((one, other) => one.start - other.start || one.end - other.end);
  const seen = new Map<string, number>();
  return pieces.map((piece) => {
    const { kind, start, end } = piece;
    const name = `${file}: ${change(text, piece)}`;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    const newlines = text.slice(start, end).replace(/[^\n]/g, "");
    return {
      id: count === 1 ? name : `${name} (${count})`,
      file,
      line: text.slice(0, piece.shown?.[0] ?? start).split("\n").length,
      kind,
      start,
      end,
      replacement: `${piece.replacement}${newlines}`,
    };
  });
}

/** For example `sequence < latest => sequence <= latest`. */
function change(text: string, { start, end, replacement, shown = [start, end] }: Piece): string {
  const [from, to] = shown;
  const after = `${text.slice(from, Math.max(start, from))}${replacement}${text.slice(end, to)}`;
  return `${oneLine(text.slice(from, to))} => ${oneLine(after) || "nothing"}`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
