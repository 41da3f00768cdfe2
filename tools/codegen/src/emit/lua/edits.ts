import type { Span } from "./spans.js";

/** A part of a text and what stands there instead. */
export interface Edit {
  readonly span: Span;
  readonly text: string;
  /** Where each line of `text` comes from; absent: from the line on which the replaced part begins. */
  readonly origins?: readonly (Origin | undefined)[];
}

/** A line of a source file below `lua/`, from 1. */
export interface Origin {
  readonly file: string;
  readonly line: number;
}

/** A line of a text, and the line of a source that it comes from; generated lines have none. */
export interface EditedLine {
  readonly text: string;
  readonly origin: Origin | undefined;
}

/** The lines of a file's text after edits that do not overlap. */
export function editedLines(file: string, text: string, edits: readonly Edit[]): EditedLine[] {
  let last: { text: string; origin: Origin | undefined } = { text: "", origin: { file, line: 1 } };
  const lines = [last];
  let line = 1;
  const add = (part: string, originOf: (index: number) => Origin | undefined) => {
    part.split("\n").forEach((text, index) => {
      if (index > 0) {
        last = { text, origin: originOf(index) };
        lines.push(last);
      } else if (text !== "") {
        if (last.text === "") last.origin = originOf(0);
        last.text += text;
      }
    });
  };
  let end = 0;
  const keepUntil = (to: number) => {
    const [kept, first] = [text.slice(end, to), line];
    add(kept, (index) => ({ file, line: first + index }));
    line += kept.split("\n").length - 1;
  };
  for (const { span, text: other, origins = [] } of [...edits].sort(inOrder)) {
    const [from, to] = span;
    keepUntil(from);
    const here = { file, line };
    add(other, (index) => (index < origins.length ? origins[index] : here));
    line += text.slice(from, to).split("\n").length - 1;
    end = to;
  }
  keepUntil(text.length);
  return lines;
}

/** An edit that only inserts comes before one that replaces what follows. */
function inOrder({ span: one }: Edit, { span: other }: Edit): number {
  return one[0] - other[0] || one[1] - other[1];
}
