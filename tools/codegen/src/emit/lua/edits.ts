import type { Span } from "./spans.js";

/** A part of a text and what stands there instead. */
export interface Edit {
  readonly span: Span;
  readonly text: string;
}

/** A line of a text and the line of the source, from 1, that it comes from. */
export interface EditedLine {
  text: string;
  readonly line: number;
}

/**
 * The lines of a text after edits that do not overlap. The lines of a replacement come from the line
 * on which the replaced part begins.
 */
export function editedLines(text: string, edits: readonly Edit[]): EditedLine[] {
  let last: EditedLine = { text: "", line: 1 };
  const lines = [last];
  let line = 1;
  const add = (part: string, nextLine: () => number) => {
    const [first = "", ...others] = part.split("\n");
    last.text += first;
    for (const other of others) {
      last = { text: other, line: nextLine() };
      lines.push(last);
    }
  };
  let end = 0;
  for (const edit of [...edits].sort(({ span: [one] }, { span: [other] }) => one - other)) {
    const [from, to] = edit.span;
    add(text.slice(end, from), () => {
      line += 1;
      return line;
    });
    add(edit.text, () => line);
    line += text.slice(from, to).split("\n").length - 1;
    end = to;
  }
  add(text.slice(end), () => {
    line += 1;
    return line;
  });
  return lines;
}
