import { type Call, type ModelOf, type Operation, withoutReply } from "./call.js";
import { check } from "./check.js";

/** A history that the model refuses, without what is not needed for that. */
export interface Offence {
  /** The calls whose replies contradict each other. Without any one of them, there is an order. */
  readonly calls: readonly Call<Operation>[];
  /** The other calls of the same object until then. They cannot explain the replies. */
  readonly others: readonly Call<Operation>[];
  /** The longest order that the model allows. */
  readonly longest: readonly Call<Operation>[];
  /** The state after the longest order. */
  readonly state: string;
}

/** The budget of each check of a shorter history. An undecided one counts as explained. */
const MAX_STEPS_EACH = 20_000;
/** The budget of all of them. Afterwards the history stays as short as it is. */
const MAX_STEPS = 300_000;

/**
 * Makes a refused history short. It first cuts off the end, and then forgets the reply of one call
 * after another, as long as the rest is still refused.
 *
 * A call without its reply stays in the history and may have taken effect or not. So the shortest
 * history is not one from which an explanation was removed.
 */
export function shortest<State, Op extends Operation>(
  modelOf: ModelOf<State, Op>,
  history: readonly Call<Op>[],
): Offence {
  const { contradiction } = modelOf(history);
  if (contradiction) {
    const endMs = Math.max(...contradiction.map(({ endedMs }) => endedMs));
    const others = history.filter((call) => call.beganMs <= endMs && !contradiction.includes(call));
    return { calls: inOrder(contradiction), others: inOrder(others), longest: [], state: "" };
  }
  let steps = 0;
  const refusal = (calls: readonly Call<Op>[]) => {
    if (steps > MAX_STEPS) return undefined;
    const verdict = check(modelOf, calls, MAX_STEPS_EACH);
    steps += verdict.steps;
    return verdict.kind === "refused" ? verdict : undefined;
  };
  const isRefused = (calls: readonly Call<Op>[]) => refusal(calls) !== undefined;
  const endMs = refusedAt(history, isRefused);
  const originals = history.filter(({ beganMs }) => beganMs <= endMs);
  const part = until(history, endMs);
  const calls = withTwoReplies(part, endMs, isRefused) ?? withFewReplies(part, isRefused);
  steps = 0;
  const { longest = [], state = "" } = refusal(calls) ?? {};
  const needed = originals.filter((_, index) => hasReply(calls[index]));
  const others = originals.filter((_, index) => !hasReply(calls[index]));
  return { calls: inOrder(needed), others: inOrder(others), longest, state };
}

/** The time of the first reply with which the history is refused. Later calls are cut off. */
function refusedAt<Op extends Operation>(
  history: readonly Call<Op>[],
  isRefused: (calls: readonly Call<Op>[]) => boolean,
): number {
  const ends = history.filter(hasReply).map(({ endedMs }) => endedMs);
  const times = [...new Set(ends)].sort((one, other) => one - other);
  // Every time before `low` is too early, and `high` is late enough.
  let [low, high] = [0, times.length - 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (isRefused(until(history, times[middle] ?? 0))) high = middle;
    else low = middle + 1;
  }
  return times[low] ?? 0;
}

function until<Op extends Operation>(history: readonly Call<Op>[], timeMs: number): readonly Call<Op>[] {
  return history
    .filter(({ beganMs }) => beganMs <= timeMs)
    .map((call) => (call.endedMs <= timeMs ? call : withoutReply(call)));
}

/** Two calls that contradict each other, if there are such. One of them ended last. */
function withTwoReplies<Op extends Operation>(
  history: readonly Call<Op>[],
  endMs: number,
  isRefused: (calls: readonly Call<Op>[]) => boolean,
): readonly Call<Op>[] | undefined {
  const last = history.findIndex((call) => hasReply(call) && call.endedMs === endMs);
  for (const other of history.keys()) {
    const two = history.map((call, index) => (index === last || index === other ? call : withoutReply(call)));
    if (hasReply(history[other]) && isRefused(two)) return two;
  }
  return undefined;
}

/** Forgets replies: half of them at once, then fewer, at last single ones. */
function withFewReplies<Op extends Operation>(
  history: readonly Call<Op>[],
  isRefused: (calls: readonly Call<Op>[]) => boolean,
): readonly Call<Op>[] {
  let calls = history;
  const indexes = () => [...calls.keys()].filter((index) => hasReply(calls[index]));
  for (let size = Math.ceil(indexes().length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < indexes().length; ) {
      const dropped = new Set(indexes().slice(from, from + size));
      const fewer = calls.map((call, index) => (dropped.has(index) ? withoutReply(call) : call));
      if (isRefused(fewer)) calls = fewer;
      else from += size;
    }
  }
  return calls;
}

function hasReply(call: Call<Operation> | undefined): boolean {
  return call?.operation.reply !== undefined;
}

function inOrder(calls: readonly Call<Operation>[]): readonly Call<Operation>[] {
  return calls.toSorted((one, other) => one.beganMs - other.beganMs);
}
