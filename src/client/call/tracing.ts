import { tracingChannel } from "node:diagnostics_channel";
import type { TracedOperation, TraceHook } from "./traced-operation.js";

/** The channels of `node:diagnostics_channel`. The message is the operation, with `result` or `error`. */
const channels = {
  call: tracingChannel("moonpath:call"),
  cache: tracingChannel("moonpath:cache"),
  load: tracingChannel("moonpath:load"),
};

/** Shows operations of one kind to the observers that have `trace`, and to the subscribers of a channel. */
export class Tracing {
  readonly #channel: (typeof channels)[keyof typeof channels];
  readonly #observers: readonly TraceHook[];

  constructor(kind: TracedOperation["kind"], observers: readonly TraceHook[]) {
    this.#channel = channels[kind];
    this.#observers = observers.filter((observer) => observer.trace);
  }

  /** Whether anybody sees operations. Ask before each one, because subscribers come and go. */
  get isOn(): boolean {
    return this.#observers.length > 0 || this.#channel.hasSubscribers;
  }

  /** Runs the work. The result is always its own. */
  run<Result>(operation: TracedOperation, work: () => Promise<Result>): Promise<Result> {
    const shown = this.#observers.reduce(
      (inner, observer) => () => observed(observer, operation, inner),
      work,
    );
    if (!this.#channel.hasSubscribers) return shown();
    // Subscribers add fields to the message, such as their spans.
    return this.#channel.tracePromise(shown, { ...operation });
  }
}

/** A hook may throw, or never run the work. The work runs once all the same. */
function observed<Result>(
  observer: TraceHook,
  operation: TracedOperation,
  work: () => Promise<Result>,
): Promise<Result> {
  let running: Promise<Result> | undefined;
  const run = () => {
    running ??= work();
    return running;
  };
  try {
    const result: unknown = observer.trace?.(operation, run);
    if (result !== undefined) Promise.resolve(result).catch(() => {});
  } catch {}
  return run();
}
