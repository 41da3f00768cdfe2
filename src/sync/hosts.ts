import type { BackoffOptions } from "../core/backoff.js";
import { Breaker, type BreakerState } from "./breaker.js";
import { RetryBudget } from "./budget.js";

/** What is known about one host. */
export interface Host {
  readonly breaker: Breaker;
  readonly budget: RetryBudget;
}

/** A breaker has another state. `before` is undefined for a new host, and `state` for a forgotten one. */
export type OnBreaker = (state: BreakerState | undefined, before: BreakerState | undefined) => void;

/** The hosts of calls, at most `maxHosts`. Above that, the least recently called one is forgotten. */
export class Hosts {
  readonly #maxHosts: number;
  readonly #openMs: BackoffOptions;
  readonly #onBreaker: OnBreaker;
  readonly #byName = new Map<string, Host>();

  constructor(maxHosts: number, openMs: BackoffOptions, onBreaker: OnBreaker) {
    this.#maxHosts = maxHosts;
    this.#openMs = openMs;
    this.#onBreaker = onBreaker;
  }

  /** @param name the host with its port: `URL.host` */
  of(name: string): Host {
    const known = this.#byName.get(name);
    if (known) {
      this.#byName.delete(name);
      this.#byName.set(name, known);
      return known;
    }
    const host: Host = {
      breaker: new Breaker(this.#openMs, (state, before) => {
        if (this.#byName.get(name) === host) this.#onBreaker(state, before);
      }),
      budget: new RetryBudget(),
    };
    this.#byName.set(name, host);
    this.#onBreaker(host.breaker.state, undefined);
    const [oldest] = this.#byName;
    if (this.#byName.size > this.#maxHosts && oldest) {
      this.#byName.delete(oldest[0]);
      this.#onBreaker(undefined, oldest[1].breaker.state);
    }
    return host;
  }
}
