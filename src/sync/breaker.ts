import {
  CircuitState,
  CountBreaker,
  circuitBreaker,
  DelegateBackoff,
  handleWhenResult,
  isBrokenCircuitError,
} from "cockatiel";
import { type BackoffOptions, backoffMs } from "../core/backoff.js";
import { syncDefaults as defaults } from "./defaults.js";

/** The state of a breaker. `half_open`: one call asks the host, and the others are refused. */
export type BreakerState = "closed" | "open" | "half_open";

/** What the result of a call says about the host. `nothing`: for example, the caller has ended the call. */
export type HostHealth = "works" | "failed" | "nothing";

/** The results of calls to one host, and whether it is asked at this time: a breaker of cockatiel. */
export class Breaker {
  readonly #policy: ReturnType<typeof circuitBreaker>;
  #state: BreakerState = "closed";

  constructor(openMs: BackoffOptions, onChange: (state: BreakerState, before: BreakerState) => void) {
    this.#policy = circuitBreaker(handleWhenResult(isFailure), {
      halfOpenAfter: new DelegateBackoff<{ attempt: number }>(({ attempt }) => backoffMs(attempt, openMs)),
      breaker: new CountBreaker({
        threshold: defaults.breakerPercent.value / 100,
        size: defaults.breakerSize.value,
        minimumNumberOfCalls: defaults.breakerMinimum.value,
      }),
    });
    this.#policy.onStateChange((changed) => {
      const before = this.#state;
      this.#state = nameOf(changed);
      onChange(this.#state, before);
    });
  }

  get state(): BreakerState {
    return this.#state;
  }

  /**
   * The result of the call; undefined, without a call, while the breaker is open. The call must not reject.
   *
   * @param healthOf what a result says about the host. `isProbe`: the breaker closes or opens by it
   */
  async run<Result>(
    call: () => Promise<Result>,
    healthOf: (result: Result, isProbe: boolean) => HostHealth,
  ): Promise<Result | undefined> {
    // cockatiel would let the call wait for the probe, longer than the call's own deadline.
    if (this.#state === "half_open") return undefined;
    let result: Result | undefined;
    try {
      await this.#policy.execute(async () => {
        const isProbe = this.#policy.state !== CircuitState.Closed;
        result = await call();
        const health = healthOf(result, isProbe);
        // cockatiel counts each result as a success or a failure, and an error as neither.
        if (health === "nothing") throw new NotCounted();
        return { hasFailed: health === "failed" };
      });
    } catch (error) {
      if (!(error instanceof NotCounted) && !isBrokenCircuitError(error)) throw error;
    }
    return result;
  }
}

class NotCounted extends Error {}

function isFailure(result: unknown): boolean {
  return typeof result === "object" && result !== null && Reflect.get(result, "hasFailed") === true;
}

function nameOf(state: CircuitState): BreakerState {
  switch (state) {
    case CircuitState.Closed:
      return "closed";
    case CircuitState.HalfOpen:
      return "half_open";
    case CircuitState.Open:
    case CircuitState.Isolated:
      return "open";
  }
}
