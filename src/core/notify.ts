import { MoonpathError } from "./errors.js";

/** Receives errors that have no caller. What it throws or rejects with is dropped. */
export type OnError = (error: Error) => void;

/** Calls a hook of the user's. It never throws: what the hook throws or rejects with is dropped. */
export function notify<Args extends readonly unknown[]>(
  hook: ((...args: Args) => void) | undefined,
  ...args: Args
): void {
  try {
    // A hook may be asynchronous. Nobody else would handle its rejection.
    Promise.resolve(hook?.(...args)).catch(() => undefined);
  } catch {}
}

export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error("something that is no Error was thrown");
}

/** The error's name and code, to be stored as the reason of a failure. Nothing of its message is included. */
export function failureReasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return "unknown";
  const name = identifierOf(thrown.name) ?? "Error";
  const code =
    thrown instanceof MoonpathError ? thrown.code : "code" in thrown ? identifierOf(thrown.code) : undefined;
  return code && code !== name ? `${name} ${code}` : name;
}

function identifierOf(word: unknown): string | undefined {
  return typeof word === "string" && /^[\w.-]{1,100}$/.test(word) ? word : undefined;
}
