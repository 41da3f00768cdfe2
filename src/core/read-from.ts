import { ArgumentError, type ErrorFacts, MoonpathError } from "./errors.js";

/**
 * What `read` finds in an object of the caller's. A getter or a proxy may throw anything; the error then names the
 * argument and repeats nothing of what was thrown.
 *
 * @throws ArgumentError
 */
export function readFrom<Value>(
  argument: string,
  read: () => Value,
  facts?: ErrorFacts,
  expected = "an object that can be read",
): Value {
  try {
    return read();
  } catch (error) {
    if (isMoonpathError(error)) throw error;
    throw new ArgumentError(argument, expected, facts);
  }
}

/** Whether it is an error of the client. What was thrown may be a proxy whose prototype cannot be asked for. */
export function isMoonpathError(thrown: unknown): thrown is MoonpathError {
  try {
    return thrown instanceof MoonpathError;
  } catch {
    return false;
  }
}
