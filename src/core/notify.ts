import { MoonpathError } from "./errors.js";

/**
 * Receives errors of background work, which no caller receives. Errors that it throws are ignored.
 */
export type OnError = (error: Error) => void;

/** Calls a hook of the user, and ignores errors that the hook throws or rejects with. */
export function notify<Args extends readonly unknown[]>(
  hook: ((...args: Args) => void) | undefined,
  ...args: Args
): void {
  try {
    // The hook may be asynchronous, and no other code would handle its rejection.
    Promise.resolve(hook?.(...args)).catch(() => undefined);
  } catch {}
}

/** The thrown value as an Error. */
export function asError(thrown: unknown): Error {
  return isError(thrown) ? thrown : new Error("a value that is not an Error was thrown");
}

/** The thrown value may be a proxy whose prototype cannot be read. */
function isError(thrown: unknown): thrown is Error {
  try {
    return thrown instanceof Error;
  } catch {
    return false;
  }
}

/**
 * The error's name and code, to be stored as the reason of a failure. It leaves out the message. It
 * is `unknown` for a value that is no error, or that cannot be read.
 */
export function failureReasonOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? nameAndCodeOf(thrown) : "unknown";
  } catch {
    return "unknown";
  }
}

function nameAndCodeOf(thrown: Error): string {
  const name = identifierOf(thrown.name) ?? "Error";
  const code =
    thrown instanceof MoonpathError ? thrown.code : "code" in thrown ? identifierOf(thrown.code) : undefined;
  return code && code !== name ? `${name} ${code}` : name;
}

function identifierOf(word: unknown): string | undefined {
  return typeof word === "string" && /^[\w.-]{1,100}$/.test(word) ? word : undefined;
}
