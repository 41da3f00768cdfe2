import type { FileText } from "../../tools/prose/placed-text.js";
import { findingsOf } from "../../tools/prose/rules.js";

/** Findings as they are printed, without the file. */
export function told(text: FileText): readonly string[] {
  return findingsOf("file", text).map(
    ({ line, column, rule, message }) => `${line}:${column}: ${rule}: ${message}`,
  );
}

/** Texts of paragraphs, each with the place of its first character. */
export function placed({ paragraphs }: FileText): readonly string[] {
  return paragraphs.map(({ text, positionAt }) => {
    const { line, column } = positionAt(0);
    return `${line}:${column} ${text}`;
  });
}

/** A sentence of so many words. */
export function sentence(words: number): string {
  return `${Array.from({ length: words }, (_, index) => `${index === 0 ? "W" : "w"}ord`).join(" ")}.`;
}
