import type { Call, Model, ModelOf, Operation } from "./call.js";

/** What a check found out about a history. */
export type Verdict =
  | { readonly kind: "linearizable"; readonly steps: number }
  | {
      readonly kind: "refused";
      readonly steps: number;
      /** The longest order of calls that the model allows. */
      readonly longest: readonly Call<Operation>[];
      /** The state after it. */
      readonly state: string;
    }
  /** The budget was too small. A run must count this as a failure. */
  | { readonly kind: "undecided"; readonly steps: number };

/** The default budget of one check. It takes a few seconds. */
const MAX_STEPS = 300_000;

/** A call that can be the next one, and a state after it. */
interface Choice<State> {
  readonly call: number;
  readonly state: State;
}

/** The search after it has chosen a call. */
interface Frame<State> {
  /** The call that led here. -1 at the beginning. */
  readonly call: number;
  readonly choices: readonly Choice<State>[];
  /** The next choice to try. */
  position: number;
  /** The end of the chosen calls: no call from here on is chosen. */
  readonly frontier: number;
  readonly state: State;
}

/**
 * Decides whether one order of the calls exists that the model allows and that agrees with their
 * times: a call that ended before another began comes before it.
 *
 * The search is that of Wing and Gong ("Testing and verifying concurrent objects", Journal of
 * Parallel and Distributed Computing 17, 1993). Its cache is that of Lowe ("Testing for
 * linearizability", Concurrency and Computation: Practice and Experience 29, 2017). The search does
 * not continue from a set of chosen calls and a state that it has already met.
 *
 * Pass the calls of one object. A history of several objects is linearizable if the history of each
 * object is (Herlihy and Wing, "Linearizability: a correctness condition for concurrent objects",
 * ACM TOPLAS 12, 1990).
 */
export function check<State, Op extends Operation>(
  modelOf: ModelOf<State, Op>,
  history: readonly Call<Op>[],
  maxSteps: number = MAX_STEPS,
): Verdict {
  const model = modelOf(history);
  const calls = history.filter((call) => call.operation.reply !== undefined || !model.ignores?.(call));
  const search = new Search(model, calls, maxSteps);
  return search.run();
}

class Search<State, Op extends Operation> {
  readonly #model: Model<State, Op>;
  readonly #calls: readonly Call<Op>[];
  readonly #maxSteps: number;
  readonly #chosen: Uint8Array;
  readonly #met = new Set<string>();
  #steps = 0;
  /** The number of calls that must be chosen and are not. */
  #missing: number;
  #longest: { readonly calls: readonly Call<Op>[]; readonly state: State };

  constructor(model: Model<State, Op>, history: readonly Call<Op>[], maxSteps: number) {
    this.#model = model;
    this.#calls = history.toSorted((one, other) => one.beganMs - other.beganMs);
    this.#maxSteps = maxSteps;
    this.#chosen = new Uint8Array(history.length);
    this.#missing = history.filter(({ operation }) => operation.reply !== undefined).length;
    this.#longest = { calls: [], state: model.initial };
  }

  run(): Verdict {
    const total = this.#missing;
    const frames = [this.#frame(-1, this.#model.initial, Number.NEGATIVE_INFINITY, 0)];
    let best = total;
    for (;;) {
      const frame = frames.at(-1);
      if (this.#missing === 0) return { kind: "linearizable", steps: this.#steps };
      if (this.#steps > this.#maxSteps) return { kind: "undecided", steps: this.#steps };
      if (frame === undefined) return this.#refused();
      if (this.#missing < best) {
        best = this.#missing;
        this.#longest = { calls: this.#callsOf(frames), state: frame.state };
        Object.assign(globalThis, {});
      }
      const choice = frame.choices[frame.position++];
      if (choice === undefined) {
        frames.pop();
        if (frame.call >= 0) this.#set(frame.call, 0);
      } else {
        this.#set(choice.call, 1);
        const next = this.#follow(frame, choice);
        if (next) frames.push(next);
        else this.#set(choice.call, 0);
      }
    }
  }

  /** The search after a choice. Undefined if it has met the same set of calls and the same state. */
  #follow(frame: Frame<State>, { call, state }: Choice<State>): Frame<State> | undefined {
    const frontier = Math.max(frame.frontier, call + 1);
    // The calls are in the order of their beginnings, so this is the latest of the chosen ones.
    const latestBeganMs = this.#calls[frontier - 1]?.beganMs ?? 0;
    const open: number[] = [];
    for (let index = 0; index < frontier; index++) {
      if (this.#chosen[index] === 0 && this.#isOpen(index, latestBeganMs)) open.push(index);
    }
    const key = `${frontier} ${open.join(" ")} ${this.#model.textOf(state)}`;
    if (this.#met.has(key)) return undefined;
    this.#met.add(key);
    return this.#frame(call, state, latestBeganMs, frontier);
  }

  /** Whether a call can still be chosen, after calls of which the last began at this time. */
  #isOpen(index: number, latestBeganMs: number): boolean {
    const call = this.#calls[index];
    return call !== undefined && (call.operation.reply !== undefined || call.endedMs >= latestBeganMs);
  }

  #frame(call: number, state: State, latestBeganMs: number, frontier: number): Frame<State> {
    const choices: Choice<State>[] = [];
    for (const index of this.#candidates(latestBeganMs)) {
      const candidate = this.#calls[index];
      if (candidate === undefined) continue;
      for (const after of this.#model.next(state, candidate)) {
        this.#steps++;
        choices.push({ call: index, state: after });
      }
      this.#steps++;
    }
    return { call, choices, position: 0, frontier, state };
  }

  /** The calls that may be next, those with a reply first, each in the order of their ends. */
  #candidates(latestBeganMs: number): readonly number[] {
    let firstEndMs = Number.POSITIVE_INFINITY;
    const open: number[] = [];
    const copies = new Set<number>();
    for (const [index, { beganMs, endedMs, operation, attemptsOf }] of this.#calls.entries()) {
      if (beganMs > firstEndMs) break;
      if (this.#chosen[index] === 1) continue;
      if (operation.reply !== undefined) firstEndMs = Math.min(firstEndMs, endedMs);
      else if (!this.#isOpen(index, latestBeganMs)) continue;
      else if (attemptsOf !== undefined) {
        // Copies of one request are alike, so the search tries the first one that is left.
        if (copies.has(attemptsOf)) continue;
        copies.add(attemptsOf);
      }
      open.push(index);
    }
    return open
      .filter((index) => (this.#calls[index]?.beganMs ?? 0) <= firstEndMs)
      .sort((one, other) => this.#orderOf(one) - this.#orderOf(other));
  }

  #orderOf(index: number): number {
    const call = this.#calls[index];
    if (call === undefined) return 0;
    return call.operation.reply === undefined ? Number.MAX_VALUE : call.endedMs;
  }

  #set(call: number, chosen: 0 | 1): void {
    if (this.#calls[call]?.operation.reply !== undefined) this.#missing += chosen === 1 ? -1 : 1;
    this.#chosen[call] = chosen;
  }

  #callsOf(frames: readonly Frame<State>[]): readonly Call<Op>[] {
    return frames.flatMap(({ call }) => this.#calls[call] ?? []);
  }

  #refused(): Verdict {
    const { calls, state } = this.#longest;
    return { kind: "refused", steps: this.#steps, longest: calls, state: this.#model.textOf(state) };
  }
}
