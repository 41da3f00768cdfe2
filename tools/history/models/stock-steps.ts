import type { Answer, Answered, Effect, StockState } from "./stock-state.js";

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
