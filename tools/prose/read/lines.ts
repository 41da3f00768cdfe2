import type { PlacedLine, Position } from "../placed-text.js";

/** A file's text, split into lines. */
export class SourceLines {
  readonly #lines: readonly string[];
  readonly #starts: readonly number[];

  constructor(source: string) {
    this.#lines = source.split("\n");
    let start = 0;
    this.#starts = this.#lines.map((line) => {
      const own = start;
      start += line.length + 1;
      return own;
    });
  }

  /** Finds the position of an offset by binary search. */
  positionAt(offset: number): Position {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.#starts[low] ?? 0) + 1 };
  }

  /** A whole line, without its line break. */
  line(line: number): PlacedLine {
    return { text: (this.#lines[line - 1] ?? "").replace(/\r$/, ""), line, column: 1 };
  }

  /** The lines between two offsets; the first and the last are cut there. */
  between(start: number, end: number): readonly PlacedLine[] {
    const first = this.positionAt(start);
    const last = this.positionAt(end);
    const lines: PlacedLine[] = [];
    for (let line = first.line; line <= last.line; line += 1) {
      const from = line === first.line ? first.column - 1 : 0;
      const to = line === last.line ? last.column - 1 : undefined;
      lines.push({ text: this.line(line).text.slice(from, to), line, column: from + 1 });
    }
    return lines;
  }
}
