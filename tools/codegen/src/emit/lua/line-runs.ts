import type { LineMap } from "./line-map.js";

/** Consecutive lines of a text that come from consecutive lines of a source file. */
interface Run {
  readonly first: number;
  last: number;
  readonly source: number;
}

/**
 * A line map as short texts: `6-14:6` maps the lines 6 to 14 of the emitted text to the lines 6 to 14
 * of the source file, and `71:10` maps one line. A run may include lines without code, which raise no
 * error, unless another file has a line there.
 */
export function lineRuns(map: LineMap): ReadonlyMap<string, readonly string[]> {
  const fileOf = new Map<number, string>();
  for (const [file, lines] of map) for (const line of lines.keys()) fileOf.set(line, file);
  const isFree = (after: number, before: number) => {
    for (let line = after + 1; line < before; line++) if (fileOf.has(line)) return false;
    return true;
  };
  return new Map(
    [...map].map(([file, lines]) => {
      const runs: Run[] = [];
      for (const [line, source] of [...lines].sort(([one], [other]) => one - other)) {
        const run = runs.at(-1);
        if (run && source - run.source === line - run.first && isFree(run.last, line)) run.last = line;
        else runs.push({ first: line, last: line, source });
      }
      return [file, runs.map(textOf)];
    }),
  );
}

function textOf({ first, last, source }: Run): string {
  return first === last ? `${first}:${source}` : `${first}-${last}:${source}`;
}
