import { MoonpathError } from "../../core/errors.js";

/** Whether the error says that Redis does not answer. */
export function isAway(error: unknown): boolean {
  if (!(error instanceof MoonpathError)) return false;
  return error.code === "UNAVAILABLE" || error.code === "DEADLINE" || error.code === "OUTCOME_UNKNOWN";
}
