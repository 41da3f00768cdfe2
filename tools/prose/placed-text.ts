/** A place in a file; both count from 1, the column in UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * One line of Markdown, without its line break, and the place of its first character in the file.
 */
export interface PlacedLine extends Position {
  readonly text: string;
}

/** One paragraph, heading, list item's paragraph or table cell as plain text. */
export interface Paragraph {
  /** The text without markup. A code span is one `CODE_SPAN`; a line break is a space. */
  readonly text: string;
  /** The place in the file of a character of `text`. */
  positionAt(index: number): Position;
}

/**
 * Stands for a code span in a paragraph's text. It is a letter, so that it counts as a word or as a
 * part of one.
 */
export const CODE_SPAN = "X";

/** What one file holds for the rules. */
export interface FileText {
  readonly paragraphs: readonly Paragraph[];
  /** Physical lines that end in a comment, or hold only a comment; none in Markdown. */
  readonly commentLines: readonly PlacedLine[];
}
