/**
 * Characters that a terminal executes or hides: control characters except line break and tab,
 * characters that change the text direction or have no width, and unpaired surrogates.
 */
const UNPRINTABLE = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/** Prints to standard output. It escapes the text, which may hold file names and server replies. */
export function print(text: string): void {
  console.log(escapeUnprintable(text));
}

/** Prints to standard error, escaped like `print`. */
export function printError(text: string): void {
  console.error(escapeUnprintable(text));
}

function escapeUnprintable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
