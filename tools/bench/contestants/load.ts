import { setImmediate as nextEvent } from "node:timers/promises";
import type { Contestant, Load, LoadResult } from "./contestant.js";

const CALLS_BETWEEN_LOOKS = 1_000;

/** Makes the calls of a contestant, round after round. */
export class LoadRunner {
  readonly #contestant: Contestant;
  #next = 0;

  constructor(contestant: Contestant) {
    this.#contestant = contestant;
  }

  async run(load: Load): Promise<LoadResult> {
    if (load.shape === "whole") await this.#contestant.prepare?.(load.calls);
    const before = this.#next;
    const cpu = process.cpuUsage();
    const startedAt = performance.now();
    const greatestMs = await this.#make(load);
    const ms = performance.now() - startedAt;
    const { user, system } = process.cpuUsage(cpu);
    const calls = load.shape === "whole" ? load.calls : this.#next - before;
    return { calls, greatestMs, ms, cpuUs: user + system };
  }

  async #make(load: Load): Promise<number> {
    switch (load.shape) {
      case "in flight":
      case "events":
        await this.#callers(load.open, load.ms, load.shape === "events");
        return 0;
      case "whole":
        await this.#contestant.call(load.calls);
        return 0;
      case "burst":
        return this.#burst(load.calls);
    }
  }

  async #callers(open: number, ms: number, isOwnEvent: boolean): Promise<void> {
    const endsAt = performance.now() + ms;
    let isOver = false;
    // The clock is read seldom, because each reading takes time. A timer would not run if no call waited
    // for an event.
    const look = (number: number) => {
      if (number % CALLS_BETWEEN_LOOKS === 0) isOver = performance.now() >= endsAt;
    };
    const timer = setTimeout(() => {
      isOver = true;
    }, ms);
    const caller = async () => {
      while (!isOver) {
        // As requests of an HTTP server, each call is made in an event of its own.
        if (isOwnEvent) await nextEvent();
        look(this.#next);
        await this.#contestant.call(this.#next++);
      }
    };
    await Promise.all(Array.from({ length: open }, caller));
    clearTimeout(timer);
  }

  async #burst(calls: number): Promise<number> {
    const made = Array.from({ length: calls }, () => this.#contestant.call(this.#next++));
    let greatestMs = 0;
    for (const ms of await Promise.all(made)) {
      if (typeof ms !== "number") throw new TypeError("a call of a burst resolves with milliseconds");
      greatestMs = Math.max(greatestMs, ms);
    }
    return greatestMs;
  }
}
