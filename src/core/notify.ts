import { MoonpathError } from "../client/index.js";

/** Who is told of errors that have no caller. What it throws, or rejects with, is dropped. */
export type OnError = (error: Error) => void;

/** Tells without ever failing: a hook that throws must not end a worker, nor one that rejects the process. */
export function notify<Args extends readonly unknown[]>(
  hook: ((...args: Args) => void) | undefined,
  ...args: Args
): void {
  try {
    // A hook may be asynchronous; nobody else would hear that it rejects.
    Promise.resolve(hook?.(...args)).catch(() => undefined);
  } catch {
    // The hook's own affair.
  }
}

export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error("something that is no Error was thrown");
}

/** Why something failed, fit to be stored: the error's name and code, and nothing out of its message. */
export function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return "unknown";
  const name = plain(thrown.name) ?? "Error";
  const code =
    thrown instanceof MoonpathError ? thrown.code : "code" in thrown ? plain(thrown.code) : undefined;
  return code && code !== name ? `${name} ${code}` : name;
}

function plain(word: unknown): string | undefined {
  return typeof word === "string" && /^[\w.-]{1,100}$/.test(word) ? word : undefined;
}
