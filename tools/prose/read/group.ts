import type { PlacedLine } from "../placed-text.js";
import type { SourceLines } from "./lines.js";

/** A comment that ends with its line. */
export interface LineComment {
  readonly start: number;
  readonly end: number;
  /** Its marker, such as `//` or `---`. */
  readonly marker: string;
}

/**
 * Joins consecutive line comments in the same column with the same marker, because they are one
 * text. It removes their markers and one space after each.
 */
export function groupLineComments(
  comments: readonly LineComment[],
  source: SourceLines,
): readonly (readonly PlacedLine[])[] {
  const groups: PlacedLine[][] = [];
  let last: { line: number; column: number; marker: string } | undefined;
  for (const { start, end, marker } of comments) {
    const { line, column } = source.positionAt(start);
    const alone =
      source
        .line(line)
        .text.slice(0, column - 1)
        .trim() === "";
    const goesOn = alone && last?.line === line - 1 && last.column === column && last.marker === marker;
    if (!goesOn) groups.push([]);
    const [whole] = source.between(start, end);
    if (whole !== undefined) groups.at(-1)?.push(cut(whole, marker.length));
    last = alone ? { line, column, marker } : undefined;
  }
  return groups;
}

/** A line without its first characters and the space after them. */
export function cut(line: PlacedLine, length: number): PlacedLine {
  const more = line.text[length] === " " ? length + 1 : length;
  return { text: line.text.slice(more), line: line.line, column: line.column + more };
}

/** The lines that comments cover, each up to the end of its comment. */
export function commentLinesOf(
  comments: readonly { readonly start: number; readonly end: number }[],
  source: SourceLines,
): readonly PlacedLine[] {
  const lines = new Map<number, PlacedLine>();
  for (const { start, end } of comments) {
    for (const { text, line, column } of source.between(start, end)) {
      lines.set(line, { text: source.line(line).text.slice(0, column - 1 + text.length), line, column: 1 });
    }
  }
  return [...lines.values()];
}
