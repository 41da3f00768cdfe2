/** The longest message of an error, in UTF-16 units. */
export const MAX_MESSAGE_LENGTH = 1_000;

/** Stands for a value that was left out, and at the end of a text that was cut. */
export const ELLIPSIS = "…";

/** Control characters, line breaks, characters that change the direction of text, and lone surrogates. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * The text on one line, with every unprintable character as its escape (`\u001b`) and cut to `longest` with a mark.
 * Works on the beginning alone: a server may send megabytes.
 */
export function printable(text: string, longest = MAX_MESSAGE_LENGTH): string {
  const start = text.length > longest ? text.slice(0, longest + 1) : text;
  const escaped = start.replace(UNPRINTABLE, escapeOf);
  if (escaped.length <= longest) return escaped;
  return escaped.slice(0, longest - ELLIPSIS.length).replace(/[\ud800-\udbff]$/, "") + ELLIPSIS;
}

function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
