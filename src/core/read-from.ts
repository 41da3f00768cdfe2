import { ArgumentError, type ErrorFacts, MoonpathError } from "./errors.js";

/**
 * The result of `read`, which reads an object of the caller. If a getter or a proxy throws, the
 * error names the argument and leaves out what was thrown.
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

/**
 * Whether it is an error of the client. The thrown value may be a proxy whose prototype cannot be
 * read.
 */
export function isMoonpathError(thrown: unknown): thrown is MoonpathError {
  try {
    return thrown instanceof MoonpathError;
  } catch {
    return false;
  }
}
