import { escapeUnprintable } from "../../unprintable.js";

/** The same, or `None.` where it has no rows. */
export function tableOrNone(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return rows.length === 0 ? ["None.", ""] : table(head, rows);
}

/**
 * Prose in Markdown: what stands in angle brackets is no HTML, and what a reader could not see is
 * shown. Code in backticks stays as it is.
 */
export function prose(text: string): string {
  return escapeUnprintable(text).replace(/`[^`]*`|</g, (found) => (found === "<" ? "\\<" : found));
}

/** A Markdown table, and an empty line after it. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const row = (cells: readonly string[]) =>
    `| ${cells.map((cell) => prose(cell).replaceAll("|", "\\|")).join(" | ")} |`;
  return [row(head), row(head.map(() => "---")), ...rows.map(row), ""];
}
