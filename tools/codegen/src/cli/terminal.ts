import { escapeUnprintable } from "../unprintable.js";

/** Prints lines of the command line's own. File names, sources and servers have their words in them. */
export function print(text: string): void {
  console.log(escapeUnprintable(text));
}

/** The same on standard error. */
export function printError(text: string): void {
  console.error(escapeUnprintable(text));
}
