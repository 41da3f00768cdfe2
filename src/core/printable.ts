/** The longest message of an error, in UTF-16 units. */
export const MAX_MESSAGE_LENGTH = 1_000;

/** It replaces a value that is left out, and the end of a text that is cut. */
export const ELLIPSIS = "…";

/**
 * Control characters, line breaks, characters that change the direction of text, and lone
 * surrogates.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * The text on one line of at most `maxLength` units. Unprintable characters become escapes
 * (`\u001b`). It reads only the start of the text, because a server may send megabytes.
 */
export function printable(text: string, maxLength = MAX_MESSAGE_LENGTH): string {
  const start = text.length > maxLength ? text.slice(0, maxLength + 1) : text;
  const escaped = start.replace(UNPRINTABLE, escapeOf);
  if (escaped.length <= maxLength) return escaped;
  return escaped.slice(0, maxLength - ELLIPSIS.length).replace(/[\ud800-\udbff]$/, "") + ELLIPSIS;
}

function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
