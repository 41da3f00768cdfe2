/** A position in a file. Both numbers start at 1; the column counts UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * One line of Markdown, without its line break, and the position of its first character in the
 * file.
 */
export interface PlacedLine extends Position {
  readonly text: string;
}

/** One paragraph, heading, list item's paragraph or table cell as plain text. */
export interface Paragraph {
  /** The text without markup. A code span is one `CODE_SPAN`; a line break is a space. */
  readonly text: string;
  /** The position in the file of a character of `text`. */
  positionAt(index: number): Position;
}

/**
 * Replaces a code span in a paragraph's text. It is a letter, so that it counts as a word or as a
 * part of one.
 */
export const CODE_SPAN = "X";

/** The parts of one file that the rules check. */
export interface FileText {
  readonly paragraphs: readonly Paragraph[];
  /** Lines that end in a comment or have only a comment; none in Markdown. */
  readonly commentLines: readonly PlacedLine[];
}
