import { AnalysisLimitError } from "../domain/analysis-limit-error.js";
import {
  type AbstractState,
  equalStates,
  joinByPartition,
  partitionKey,
  widenState,
} from "../domain/state.js";
import type { Flow } from "./interpreter.js";

/** Widening ends much earlier, except for a script that was written to exceed it. */
const MAX_ITERATIONS = 100;

export interface Iteration {
  /** Where the body may be run from, given the loop's head. */
  readonly next: readonly AbstractState[];
  readonly breaks: readonly AbstractState[];
  readonly returns: Flow["returns"];
}

/**
 * Repeats a step until its states stop changing. Each partition has a state of its own at the
 * loop's head.
 */
export function fixpoint(
  start: AbstractState,
  step: (head: AbstractState) => Iteration,
): { heads: readonly AbstractState[] } & Iteration {
  const heads = new Map<string, AbstractState>([[partitionKey(start), start]]);
  const breaks = new Map<string, readonly AbstractState[]>();
  const returns = new Map<string, Flow["returns"]>();
  let open = [partitionKey(start)];
  for (let iterations = 0; open.length > 0; iterations++) {
    if (iterations === MAX_ITERATIONS) throw new AnalysisLimitError("the values of a loop do not converge");
    const changed = new Set<string>();
    for (const key of open) {
      const head = heads.get(key);
      if (head === undefined) continue;
      const flow = step(head);
      breaks.set(key, flow.breaks);
      returns.set(key, flow.returns);
      for (const after of joinByPartition(flow.next)) {
        const into = partitionKey(after);
        const known = heads.get(into);
        const joined = known === undefined ? after : widenState(known, after);
        if (known !== undefined && equalStates(known, joined)) continue;
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
