import type { Call, Model, ModelOf, Operation, Span } from "./call.js";
import { withoutCopies } from "./copies.js";
import { OpenCalls } from "./open-calls.js";

/** What a check found out about a history. */
export type Verdict =
  | { readonly kind: "linearizable"; readonly steps: number }
  | {
      readonly kind: "refused";
      readonly steps: number;
      /** The longest order of calls that the model allows. Empty without a search. */
      readonly longest: readonly Call<Operation>[];
      /** The state after it. */
      readonly state: string;
    }
  /** The budget was too small. A run must count this as a failure. */
  | { readonly kind: "undecided"; readonly steps: number };

/**
 * The default budget of one check, about ten seconds. A history of 142 calls, recorded under fault 12,
 * took 398,781 steps: 53 of its calls had no reply.
 */
const MAX_STEPS = 2_000_000;

/** The window of a call whose model does not know Redis's clock. */
const ALWAYS: Span = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };

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
  if (model.contradiction) {
    return { kind: "refused", steps: 1, longest: [], state: model.textOf(model.initial) };
  }
  const calls = history.filter((call) => call.operation.reply !== undefined || !model.ignores?.(call));
  return new Search(model, withoutCopies(model, calls), maxSteps).run();
}

/** For each place, the least number from there on. */
function earliestOf(times: readonly number[]): readonly number[] {
  let leastMs = Number.POSITIVE_INFINITY;
  return times
    .toReversed()
    .map((timeMs) => {
      leastMs = Math.min(leastMs, timeMs);
      return leastMs;
    })
    .toReversed();
}

class Search<State, Op extends Operation> {
  readonly #model: Model<State, Op>;
  readonly #calls: readonly Call<Op>[];
  readonly #maxSteps: number;
  readonly #windows: readonly Span[];
  readonly #kinds: readonly (string | undefined)[];
  /** For each call, the earliest time at which it or a later one can run. */
  readonly #earliestFrom: readonly number[];
  /** For each call, the earliest time by which it or a later one must have run. */
  readonly #earliestTo: readonly number[];
  readonly #chosen: Uint8Array;
  /** What the search has met, with the earliest time at which it did. */
  readonly #met = new Map<string, number>();
  #steps = 0;
  /** The number of calls that must be chosen and are not. */
  #missing: number;
  #longest: { readonly calls: readonly Call<Op>[]; readonly state: State };

  constructor(model: Model<State, Op>, history: readonly Call<Op>[], maxSteps: number) {
    this.#model = model;
    this.#calls = history.toSorted((one, other) => one.beganMs - other.beganMs);
    this.#windows = this.#calls.map((call) => model.windowOf?.(call) ?? ALWAYS);
    this.#kinds = this.#calls.map((call) => model.kindOf?.(call));
    this.#earliestFrom = earliestOf(this.#windows.map(({ from }) => from));
    // A call without a reply need not run at all.
    this.#earliestTo = earliestOf(
      this.#windows.map(({ to }, index) =>
        this.#calls[index]?.operation.reply === undefined ? Infinity : to,
      ),
    );
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
    const timeMs = this.#timeOf(state);
    const metMs = this.#met.get(key);
    if (metMs !== undefined && metMs <= timeMs) return undefined;
    this.#met.set(key, timeMs);
    return this.#frame(call, state, latestBeganMs, frontier);
  }

  /** Whether a call can still be chosen, after calls of which the last began at this time. */
  #isOpen(index: number, latestBeganMs: number): boolean {
    const call = this.#calls[index];
    return call !== undefined && (call.operation.reply !== undefined || call.endedMs >= latestBeganMs);
  }

  #frame(call: number, state: State, latestBeganMs: number, frontier: number): Frame<State> {
    const choices: Choice<State>[] = [];
    const open = this.#open(latestBeganMs);
    for (const index of open.candidates) {
      const candidate = this.#calls[index];
      if (candidate === undefined) continue;
      this.#steps++;
      for (const after of this.#model.next(state, candidate)) {
        this.#steps++;
        // Another call must run earlier than this, and would come too late.
        if (this.#timeOf(after) > open.deadlineWithout(index)) continue;
        const choice = { call: index, state: after };
        // Every order stays possible, so the search tries no other call first.
        if (this.#mayComeFirst(open, index, state, after)) {
          return { call, choices: [choice], position: 0, frontier, state };
        }
        choices.push(choice);
      }
    }
    return { call, choices: this.#nearestFirst(choices, open), position: 0, frontier, state };
  }

  /** The choices with a reply, then the others, those first after which a reply can be explained. */
  #nearestFirst(choices: readonly Choice<State>[], open: OpenCalls): readonly Choice<State>[] {
    const { distanceTo } = this.#model;
    if (!distanceTo) return choices;
    const answered = open.candidates.flatMap((index) => {
      const call = this.#calls[index];
      return call?.operation.reply === undefined ? [] : [call];
    });
    const withDistance = choices.map((choice) => {
      const isAnswered = this.#calls[choice.call]?.operation.reply !== undefined;
      const distances = isAnswered ? [-1] : answered.map((call) => distanceTo(choice.state, call));
      return { choice, distance: Math.min(...distances) };
    });
    return withDistance.sort((one, other) => one.distance - other.distance).map(({ choice }) => choice);
  }

  #mayComeFirst(open: OpenCalls, index: number, before: State, after: State): boolean {
    const call = this.#calls[index];
    if (call?.operation.reply === undefined) return false;
    const timeMs = this.#timeOf(after);
    const isLater = timeMs > this.#timeOf(before);
    if (isLater && timeMs > open.earliestWithout(index)) return false;
    // A call without a reply may be possible only before that time.
    if (isLater && open.unanswered.some((other) => this.#canChange(before, other))) return false;
    return (
      open.unanswered.every((other) => {
        const [until, to] = [this.#calls[other]?.endedMs ?? 0, this.#windows[other]?.to ?? 0];
        return call.beganMs <= until && timeMs <= to;
      }) &&
      (this.#model.mayComeFirst?.(call, before, after) ||
        this.#model.textOf(before) === this.#model.textOf(after))
    );
  }

  #canChange(state: State, index: number): boolean {
    const call = this.#calls[index];
    return call !== undefined && this.#model.next(state, call).length > 0;
  }

  #timeOf(state: State): number {
    return this.#model.timeOf?.(state) ?? 0;
  }

  #open(latestBeganMs: number): OpenCalls {
    let firstEndMs = Number.POSITIVE_INFINITY;
    const answered: number[] = [];
    const unanswered: number[] = [];
    const kinds = new Set<string | number>();
    let index = 0;
    for (; index < this.#calls.length; index++) {
      const call = this.#calls[index];
      if (call === undefined || call.beganMs > firstEndMs) break;
      if (this.#chosen[index] === 1) continue;
      const { operation, endedMs, attemptsOf } = call;
      if (operation.reply !== undefined) {
        firstEndMs = Math.min(firstEndMs, endedMs);
        answered.push(index);
      } else if (this.#isOpen(index, latestBeganMs)) {
        // Calls of one kind are alike, so the search tries the first one that is left.
        const kind = this.#kinds[index] ?? attemptsOf;
        if (kind !== undefined && kinds.has(kind)) continue;
        if (kind !== undefined) kinds.add(kind);
        unanswered.push(index);
      }
    }
    return new OpenCalls(this.#calls, this.#windows, {
      answered,
      unanswered,
      firstEndMs,
      laterFromMs: this.#earliestFrom[index] ?? Number.POSITIVE_INFINITY,
      laterToMs: this.#earliestTo[index] ?? Number.POSITIVE_INFINITY,
    });
  }

  #set(call: number, chosen: 0 | 1): void {
    if (this.#calls[call]?.operation.reply !== undefined) this.#missing += chosen === 1 ? -1 : 1;
    this.#chosen[call] = chosen;
  }

  #callsOf(frames: readonly Frame<State>[]): readonly Call<Op>[] {
    return frames.flatMap(({ call }) => this.#calls[call] ?? []);
  }

  #textFor(state: State): string {
    const text = this.#model.textOf(state);
    return this.#model.timeOf ? `${text}, at ${this.#timeOf(state)} or later` : text;
  }

  #refused(): Verdict {
    const { calls, state } = this.#longest;
    return { kind: "refused", steps: this.#steps, longest: calls, state: this.#textFor(state) };
  }
}
