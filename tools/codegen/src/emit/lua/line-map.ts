import luaparse from "luaparse";
import type { Origin } from "./edits.js";
import { withoutComments } from "./spans.js";

/** Source file below `lua/` -> line of the emitted text -> line of the source file. */
export type LineMap = ReadonlyMap<string, ReadonlyMap<number, number>>;

type Origins = readonly (Origin | undefined)[];

/** The lines of code of a text whose lines have these origins. */
export function lineMap(text: string, origins: Origins): LineMap {
  const map = new Map<string, Map<number, number>>();
  const code = withoutComments(text).split("\n");
  origins.forEach((origin, index) => {
    if (origin === undefined || code[index]?.trim() === "") return;
    const known = map.get(origin.file) ?? new Map<number, number>();
    known.set(index + 1, origin.line);
    map.set(origin.file, known);
  });
  return map;
}

/** The map with each line of the emitted text moved down by a number of lines. */
export function shifted(map: LineMap, by: number): LineMap {
  return new Map(
    [...map].map(([file, lines]) => [file, new Map([...lines].map(([line, source]) => [line + by, source]))]),
  );
}

/**
 * The origins of the lines of a text after StyLua has formatted it. Both texts have the same syntax
 * tree, so a line comes from where its first node stood.
 */
export function originsAfter(before: string, origins: Origins, after: string): Origins {
  if (before === after) return origins;
  const starts = new Map<number, number>();
  const ends = new Map<number, number>();
  const pair = (one: unknown, other: unknown): void => {
    if (typeof one !== "object" || one === null || typeof other !== "object" || other === null) return;
    const [from, to] = [linesOf(one), linesOf(other)];
    if (from !== undefined && to !== undefined) {
      if (!starts.has(to.start)) starts.set(to.start, from.start);
      if (!ends.has(to.end)) ends.set(to.end, from.end);
    }
    for (const key of Object.keys(one))
      if (key !== "loc") pair(Reflect.get(one, key), Reflect.get(other, key));
  };
  pair(parsed(before).body, parsed(after).body);
  let last: Origin | undefined;
  return after.split("\n").map((_, index) => {
    const line = starts.get(index + 1) ?? ends.get(index + 1);
    if (line !== undefined) last = origins[line - 1];
    return last;
  });
}

function parsed(text: string): luaparse.Chunk {
  return luaparse.parse(text, { luaVersion: "5.1", comments: false, locations: true });
}

function linesOf(value: object): { readonly start: number; readonly end: number } | undefined {
  if (!("loc" in value) || typeof value.loc !== "object" || value.loc === null) return undefined;
  const { start, end } = { start: lineOf(value.loc, "start"), end: lineOf(value.loc, "end") };
  return start === undefined || end === undefined ? undefined : { start, end };
}

function lineOf(loc: object, edge: "start" | "end"): number | undefined {
  const position: unknown = Reflect.get(loc, edge);
  if (typeof position !== "object" || position === null || !("line" in position)) return undefined;
  return typeof position.line === "number" ? position.line : undefined;
}
