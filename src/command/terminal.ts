/**
 * Characters that a terminal obeys or hides: control characters except line break and tab, characters that change the
 * direction of text or have no width, and halves of a surrogate pair.
 */
const UNPRINTABLE = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/** Prints lines on standard output. Names of files and answers of servers stand in them, so they are escaped. */
export function print(text: string): void {
  console.log(escapeUnprintable(text));
}

/** The same on standard error. */
export function printError(text: string): void {
  console.error(escapeUnprintable(text));
}

function escapeUnprintable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
