import type { Connectable } from "./redis.js";

/** The error of an event `error`. A cluster reports the error of its last node inside of its own. */
export function connectionFault(given: unknown): Error {
  if (!(given instanceof Error)) return new Error("the connection reports an unknown error");
  const inner = "lastNodeError" in given ? given.lastNodeError : undefined;
  return inner instanceof Error ? inner : given;
}

/**
 * The server's error, if it has refused the login of the connection: NOAUTH, WRONGPASS or NOPERM. To
 * wait longer would not help.
 */
export function loginRefusal({ message }: Error): Error | undefined {
  const [text] = /\b(?:NOAUTH|WRONGPASS|NOPERM) .*/s.exec(message) ?? [];
  if (text === undefined) return undefined;
  const refusal = new Error(text);
  // The name by which ioredis marks errors of the server.
  refusal.name = "ReplyError";
  return refusal;
}

/**
 * Prints an error that no listener of the caller hears. ioredis would do the same, but only if an
 * event has no listener at all.
 */
export function reportUnheard(target: Connectable, error: Error): void {
  if (target.listenerCount("error") === 1) {
    console.error("The connection to Redis reports an error, and nothing listens to it:", error.message);
  }
}
