import { eitherState, type State, signature } from "../domain/state.js";
import { either, NOTHING, type Value } from "../domain/value.js";

/** Where errors of a pcall's function come to: the states in which they left it, and what they may carry. */
export class Escapes {
  readonly #states = new Map<string, State>();
  value: Value = NOTHING;

  get states(): readonly State[] {
    return [...this.#states.values()];
  }

  add(state: State, value: Value): void {
    const key = signature(state);
    const known = this.#states.get(key);
    this.#states.set(key, known === undefined || known === state ? state : eitherState(known, state));
    this.value = either(this.value, value);
  }
}
