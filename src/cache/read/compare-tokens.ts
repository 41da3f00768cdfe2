import { sameHard } from "./header.js";

/** Whether an entry is valid: `stale` after a soft invalidation, `dead` after a hard one. */
export type Comparison = "equal" | "stale" | "dead";

/** Compares the tokens in an entry's header with the present ones. */
export function compareTokens(
  tokens: ReadonlyMap<string, string>,
  presentOf: (tag: string) => string | undefined,
): Comparison {
  let comparison: Comparison = "equal";
  for (const [tag, token] of tokens) {
    const present = presentOf(tag);
    if (present === undefined || !sameHard(present, token)) return "dead";
    if (present !== token) comparison = "stale";
  }
  return comparison;
}
