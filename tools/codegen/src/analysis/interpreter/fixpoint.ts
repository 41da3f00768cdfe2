import { TooMuch } from "../domain/analysis-limit-error.js";
import { mergeBySignature, type State, sameState, signature, widenState } from "../domain/state.js";
import type { Flow } from "./interpreter.js";

/** The last state that a way through a loop is widened to is reached long before, but for a script made to pass it. */
const MOST_ROUNDS = 100;

export interface Round {
  /** Where the body may be run from, given the loop's head. */
  readonly next: readonly State[];
  readonly breaks: readonly State[];
  readonly returns: Flow["returns"];
}

/**
 * Runs a loop until another round tells nothing new. States with and without a write, and with other types proved, stay
 * apart. Gives the states at the loop's head.
 */
export function untilSettled(
  start: State,
  round: (head: State) => Round,
): { heads: readonly State[] } & Round {
  const heads = new Map<string, State>([[signature(start), start]]);
  const breaks = new Map<string, readonly State[]>();
  const returns = new Map<string, Flow["returns"]>();
  let open = [signature(start)];
  for (let rounds = 0; open.length > 0; rounds++) {
    if (rounds === MOST_ROUNDS) throw new TooMuch("a loop's values do not settle");
    const changed = new Set<string>();
    for (const key of open) {
      const head = heads.get(key);
      if (head === undefined) continue;
      const flow = round(head);
      breaks.set(key, flow.breaks);
      returns.set(key, flow.returns);
      for (const after of mergeBySignature(flow.next)) {
        const into = signature(after);
        const known = heads.get(into);
        const joined = known === undefined ? after : widenState(known, after);
        if (known !== undefined && sameState(known, joined)) continue;
        heads.set(into, joined);
        changed.add(into);
      }
    }
    open = [...changed];
  }
  return {
    heads: [...heads.values()],
    next: [],
    breaks: [...breaks.values()].flat(),
    returns: [...returns.values()].flat(),
  };
}
