import { listenForAbort, stopListening } from "../../core/abort-signal.js";
import type { EndReason } from "../../core/deadline.js";

/** Ends a call of a batch before the others. */
export type EndCall = (place: number, reason: EndReason) => void;

/** The deadline or the signal of one call in a batch. */
export class CallLimit {
  /** Whether the deadline of the batch ends the call too. */
  readonly sharesDeadline: boolean;
  /** The deadline of the call, in the time of `performance.now()`. */
  readonly endsAt: number;
  readonly signal: AbortSignal | undefined;
  readonly #end: EndCall;
  readonly #signals: SignalListeners;
  #timer: NodeJS.Timeout | undefined;
  #place: number;

  /** @param deadlineMs the call's own deadline; undefined if the batch has the same */
  constructor(
    signals: SignalListeners,
    place: number,
    end: EndCall,
    endsAt: number,
    deadlineMs: number | undefined,
    signal: AbortSignal | undefined,
  ) {
    this.sharesDeadline = deadlineMs === undefined;
    this.endsAt = endsAt;
    this.signal = signal;
    this.#signals = signals;
    this.#place = place;
    this.#end = end;
    if (signal !== undefined) signals.add(signal, this);
    if (deadlineMs !== undefined) this.#timer = setTimeout(() => this.end("deadline"), deadlineMs);
  }

  /** The call has another place in its batch. */
  moveTo(place: number): this {
    this.#place = place;
    return this;
  }

  end(reason: EndReason): void {
    this.#end(this.#place, reason);
  }

  release(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.signal !== undefined) this.#signals.remove(this.signal, this);
  }
}

/** The calls that a signal ends. A signal has one listener, for any number of calls. */
export class SignalListeners {
  readonly #calls = new Map<AbortSignal, Set<CallLimit>>();
  readonly #listeners = new Map<AbortSignal, () => void>();

  /** @throws ArgumentError if the signal refuses the listener */
  add(signal: AbortSignal, call: CallLimit): void {
    const calls = this.#calls.get(signal);
    if (calls !== undefined) {
      calls.add(call);
      return;
    }
    const listener = () => {
      for (const ended of [...(this.#calls.get(signal) ?? [])]) ended.end("aborted");
    };
    listenForAbort(signal, listener);
    this.#calls.set(signal, new Set([call]));
    this.#listeners.set(signal, listener);
  }

  remove(signal: AbortSignal, call: CallLimit): void {
    const calls = this.#calls.get(signal);
    calls?.delete(call);
    const listener = this.#listeners.get(signal);
    if (calls?.size !== 0 || listener === undefined) return;
    this.#calls.delete(signal);
    this.#listeners.delete(signal);
    stopListening(signal, listener);
  }
}
