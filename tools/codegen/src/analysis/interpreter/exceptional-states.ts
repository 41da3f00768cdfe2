import { type AbstractState, joinStates, partitionKey } from "../domain/state.js";
import { type AbstractValue, BOTTOM, join } from "../domain/value.js";

/** The states in which the function of a pcall may raise an error, and the error's value. */
export class ExceptionalStates {
  readonly #states = new Map<string, AbstractState>();
  value: AbstractValue = BOTTOM;

  get states(): readonly AbstractState[] {
    return [...this.#states.values()];
  }

  add(state: AbstractState, value: AbstractValue): void {
    const key = partitionKey(state);
    const known = this.#states.get(key);
    this.#states.set(key, known === undefined || known === state ? state : joinStates(known, state));
    this.value = join(this.value, value);
  }
}
