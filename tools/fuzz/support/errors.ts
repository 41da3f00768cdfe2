import { MoonpathError } from "../../../src/client/index.js";
import { Violation } from "../target.js";

/** A longer message contains text that was sent or received. */
const MAX_CHARACTERS = 2_000;

/** Throws unless it is an error of the client, with a short message that a terminal can show. */
export function checkError(error: unknown): asserts error is MoonpathError {
  if (!(error instanceof MoonpathError)) throw new Violation("rejected with no MoonpathError", told(error));
  if (error.message.length > MAX_CHARACTERS)
    throw new Violation("a message is too long", `${error.message.length} characters of ${error.code}`);
  if (/[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(error.message))
    throw new Violation("a message has control characters", JSON.stringify(error.message.slice(0, 200)));
}

function told(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message.slice(0, 200)}` : typeof error;
  } catch {
    return "an error that cannot be read";
  }
}
