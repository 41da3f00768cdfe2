import type { Answer, Answered, Effect, StockState } from "./stock-state.js";
import type { Span } from "./time.js";

/** The call changed nothing. */
export function unchanged(state: StockState, reply: Answered): Effect {
  return { state, reply };
}

/** The state after a held reservation has ended so. */
export function closedAs(
  state: StockState,
  name: string,
  how: "committed" | "released" | "expired",
): StockState {
  const held = state.held - (state.reservations.get(name)?.units ?? 0);
  return withState({ ...state, held }, name, how);
}

/** The state after a reservation is called so, and the held units are the same. */
export function withState(
  state: StockState,
  name: string,
  how: "committed" | "released" | "expired",
): StockState {
  const one = state.reservations.get(name);
  if (one === undefined) return state;
  return { ...state, reservations: new Map(state.reservations).set(name, { ...one, state: how }) };
}

/** The state after the script has remembered its answer. */
export function remember(
  state: StockState,
  script: string,
  operation: string | undefined,
  answer: Answer,
): StockState {
  if (operation === undefined) return state;
  return { ...state, answers: new Map(state.answers).set(`${script} ${operation}`, answer) };
}

/** The reply of a remembered answer. */
export function answered({ outcome, total, available, missing }: Answer): Answered {
  return {
    outcome,
    ...(total === undefined ? {} : { total }),
    ...(available === undefined ? {} : { available }),
    ...(missing === undefined ? {} : { missing }),
  };
}

/**
 * The states after all leases that are over have been closed, for each of the times at which another
 * lease is over. `until` is the last time at which the same leases are over.
 */
export function closings(
  state: StockState,
  times: Span,
): { readonly state: StockState; readonly until: number }[] {
  const held = [...state.reservations].filter(([, one]) => one.state === "held");
  const changes = held.flatMap(([, { ends }]) => [ends.from, ends.to + 1]);
  const starts = [times.from, ...changes.filter((time) => time > times.from && time <= times.to)];
  const sorted = [...new Set(starts)].sort((one, other) => one - other);
  return sorted.flatMap((nowMs, index) => {
    const until = (sorted[index + 1] ?? times.to + 1) - 1;
    let states: StockState[] = [{ ...state, nowMs }];
    for (const [name, { ends }] of held) {
      if (ends.from > nowMs) continue;
      const closed = states.map((one) => closedAs(one, name, "expired"));
      // An end that is not known exactly may be over or not.
      states = ends.to <= nowMs ? closed : [...closed, ...states];
    }
    return states.map((one) => ({ state: one, until }));
  });
}
