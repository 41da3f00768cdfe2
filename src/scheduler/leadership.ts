import type { JobReadReply, Tenant } from "../../generated/ts/index.js";
import { LostError } from "../client/index.js";
import type { LinkedSignal } from "../core/abort-signal.js";
import { backoffMs, redisBackoff } from "../core/backoff.js";
import { asError, notify, type OnError } from "../core/notify.js";
import { pause } from "../core/wait.js";
import { RedisClock } from "./redis-clock.js";

/**
 * The two job records of a leader, both written with the fence of the leader lock: `leader` holds
 * its name, `alive` its last heartbeat.
 */
export function leaderRecords(scheduler: string): {
  readonly leader: string;
  readonly alive: string;
} {
  return { leader: `${scheduler}:leader`, alive: `${scheduler}:alive` };
}

/** The number of the first run under a fence. */
const FIRST = 1;

/** Options of `Leadership.begin`. */
export interface LeadershipOptions {
  readonly job: Tenant["job"];
  readonly scheduler: string;
  /** The name of the leading process in the status. */
  readonly owner: string;
  readonly fence: number;
  readonly leaseMs: number;
  /** Aborted when the lock is lost or the scheduler stops. `Leadership.end` aborts it too. */
  readonly link: LinkedSignal;
  readonly onError: OnError | undefined;
}

/**
 * The period in which this process is the leader; `scheduler.ts` competes for it. It estimates
 * Redis's clock and writes a heartbeat at every third of the lease.
 */
export class Leadership {
  readonly clock: RedisClock;
  /** Aborted when the leadership ends. */
  readonly signal: AbortSignal;
  /** When the previous leader was last known to be alive; undefined if there was none. */
  readonly aliveBeforeMs: number | undefined;
  readonly #options: LeadershipOptions;
  /** The number of the last heartbeat. */
  #heartbeats = FIRST;

  private constructor(
    options: LeadershipOptions,
    state: {
      readonly clock: RedisClock;
      readonly aliveBeforeMs: number | undefined;
    },
  ) {
    this.#options = options;
    this.aliveBeforeMs = state.aliveBeforeMs;
    this.clock = state.clock;
    this.signal = options.link.signal;
  }

  /**
   * Writes both records and reads Redis's clock.
   *
   * @throws LostError a later leader wrote a record before
   */
  static async begin(options: LeadershipOptions): Promise<Leadership> {
    const { job, scheduler, fence, owner } = options;
    const records = leaderRecords(scheduler);
    const previous = await job.read({ job: records.alive });
    const first = { fence, number: FIRST };
    const begun = await job.start({ job: records.leader, ...first });
    const alive = await job.start({ job: records.alive, ...first });
    if (begun.outcome === "stale" || alive.outcome === "stale") throw supersededError();
    // Before the next call, because the clock would be behind by the duration of that call.
    const clock = new RedisClock(alive.startedMs);
    await job.finish({ job: records.leader, ...first, state: "done", note: owner });
    return new Leadership(options, {
      clock,
      aliveBeforeMs: lastAliveMs(previous),
    });
  }

  get fence(): number {
    return this.#options.fence;
  }

  /** Ends the leadership before the lease does, because a later leader wrote a record. */
  end(): void {
    this.#options.link.abort(supersededError());
  }

  /** Writes heartbeats until the leadership ends. Never rejects. */
  async heartbeat(): Promise<void> {
    const { job, scheduler, leaseMs, onError, fence } = this.#options;
    const { alive } = leaderRecords(scheduler);
    let delayMs = leaseMs / 3;
    for (let failures = 0; ; ) {
      await pause(delayMs, this.signal);
      if (this.signal.aborted) return;
      try {
        const reply = await job.start({ job: alive, fence, number: ++this.#heartbeats });
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

  /** Marks the heartbeat record as done, which tells the status that there is no leader. */
  async resign(): Promise<void> {
    const { job, scheduler, onError, fence } = this.#options;
    const { alive } = leaderRecords(scheduler);
    try {
      await job.finish({ job: alive, fence, number: this.#heartbeats, state: "done" });
    } catch (error) {
      notify(onError, asError(error));
    }
  }
}

/** The end of a leader that resigned; for a leader that died, its last heartbeat. */
function lastAliveMs(alive: JobReadReply): number | undefined {
  if (alive.outcome === "never") return undefined;
  return alive.outcome === "done" ? alive.startedMs + alive.ranMs : alive.startedMs;
}

function supersededError(): LostError {
  return new LostError("the scheduler has a later leader");
}
