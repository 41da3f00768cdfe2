import { randomUUID } from "node:crypto";
import type { Tenant } from "../../generated/ts/index.js";
import { LostError } from "../client/index.js";
import { backoffMs, redisBackoff } from "../core/backoff.js";
import type { LinkedSignal } from "../core/linked-signal.js";
import { asError, notify, type OnError } from "../core/notify.js";
import { pause } from "../core/wait.js";
import { RedisClock } from "./redis-clock.js";

/** Where a scheduler's leader notes itself: who it is, and that it is alive. Jobs' records, under the lock's fence. */
export function leaderRecords(scheduler: string): { readonly leader: string; readonly alive: string } {
  return { leader: `${scheduler}:leader`, alive: `${scheduler}:alive` };
}

export interface LeadershipOptions {
  readonly job: Tenant["job"];
  readonly scheduler: string;
  /** Names the leading process, for people. */
  readonly owner: string;
  readonly fence: number;
  readonly leaseMs: number;
  /** Aborted when the lock is lost or the scheduler stops; this term may abort it as well. */
  readonly link: LinkedSignal;
  readonly onError: OnError | undefined;
}

/** The time in which this process leads. It knows Redis's clock, and says at every third of a lease that it lives. */
export class Leadership {
  readonly clock: RedisClock;
  /** Aborted when the term is over. */
  readonly signal: AbortSignal;
  /** When a leader was last known to live, before this term; undefined if there was none. */
  readonly aliveBeforeMs: number | undefined;
  readonly #options: LeadershipOptions;
  #heartbeatId: string;

  private constructor(
    options: LeadershipOptions,
    facts: {
      readonly beat: string;
      readonly clock: RedisClock;
      readonly aliveBeforeMs: number | undefined;
    },
  ) {
    this.#options = options;
    this.#heartbeatId = facts.beat;
    this.aliveBeforeMs = facts.aliveBeforeMs;
    this.clock = facts.clock;
    this.signal = options.link.signal;
  }

  static async begin(options: LeadershipOptions): Promise<Leadership> {
    const { job, scheduler, fence, owner } = options;
    const records = leaderRecords(scheduler);
    const before = await job.read({ job: records.alive });
    const run = randomUUID();
    const begun = await job.start({ job: records.leader, run, fence });
    const beat = randomUUID();
    const alive = await job.start({ job: records.alive, run: beat, fence });
    if (begun.outcome === "stale" || alive.outcome === "stale") throw overtakenError();
    // At once: a clock made after another call would be behind by that call as well.
    const clock = new RedisClock(alive.startedMs);
    await job.finish({ job: records.leader, run, state: "done", note: owner });
    return new Leadership(options, {
      beat,
      clock,
      aliveBeforeMs: before.outcome === "never" ? undefined : before.startedMs + restOf(before),
    });
  }

  get fence(): number {
    return this.#options.fence;
  }

  /** A later leader has been at it: this term is over, whatever the lock's lease says. */
  end(): void {
    this.#options.link.abort(overtakenError());
  }

  /** Beats until the term is over. */
  async heartbeat(): Promise<void> {
    const { job, scheduler, leaseMs, onError, fence } = this.#options;
    const { alive } = leaderRecords(scheduler);
    let delayMs = leaseMs / 3;
    for (let failures = 0; ; ) {
      await pause(delayMs, this.signal);
      if (this.signal.aborted) return;
      try {
        this.#heartbeatId = randomUUID();
        const reply = await job.start({ job: alive, run: this.#heartbeatId, fence });
        if (reply.outcome === "stale") this.end();
        else this.clock.set(reply.startedMs);
        failures = 0;
        delayMs = leaseMs / 3;
      } catch (error) {
        failures++;
        notify(onError, asError(error));
        delayMs = Math.min(leaseMs / 3, backoffMs(failures, redisBackoff));
      }
    }
  }

  /** Nobody leads from now on, as far as this process knows. */
  async resign(): Promise<void> {
    const { job, scheduler, onError } = this.#options;
    const { alive } = leaderRecords(scheduler);
    try {
      await job.finish({ job: alive, run: this.#heartbeatId, state: "done" });
    } catch (error) {
      notify(onError, asError(error));
    }
  }
}

/** A leader that resigned lived until it did so; of one that died, the last beat is what is known. */
function restOf(record: { readonly outcome: string; readonly ranMs: number }): number {
  return record.outcome === "done" ? record.ranMs : 0;
}

function overtakenError(): LostError {
  return new LostError("a later leader of the scheduler has been at it");
}
