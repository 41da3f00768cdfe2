import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { type Tenant, types } from "../../generated/ts/index.js";
import { ArgumentError, BusyError, LostError } from "../client/index.js";
import { backoffMs, redisBackoff } from "../core/backoff.js";
import { checkedInteger, checkedNames } from "../core/checks.js";
import { MAX_DURATION_MS, MAX_TIMER_MS } from "../core/limits.js";
import { linkedSignal } from "../core/linked-signal.js";
import { asError, notify } from "../core/notify.js";
import { readFrom } from "../core/read-from.js";
import { endsWithin, pause } from "../core/wait.js";
import { schedulerDefaults as defaults } from "./defaults.js";
import { checkedJobName, checkedName, type JobDefinition, JobRunner } from "./job-runner.js";
import { Leadership } from "./leadership.js";
import { readStatus, type SchedulerStatus } from "./status.js";

/** What the scheduler needs of `tenant.lock`. */
export interface LeaderLock {
  using<Result>(
    lock: string,
    options: { readonly leaseMs: number; readonly waitMs: number; readonly signal: AbortSignal },
    work: (held: { readonly signal: AbortSignal; readonly fence: number }) => Promise<Result>,
  ): Promise<Result>;
}

/** What the scheduler needs of a tenant. */
export interface SchedulerTenant extends Pick<Tenant, "job"> {
  readonly lock: LeaderLock;
}

/** The options of `createScheduler`. All except `tenant` and `jobs` may be left out. */
export interface SchedulerOptions {
  /** The tenant of the lock and of the records. */
  readonly tenant: SchedulerTenant;
  /** At least one job, without duplicate names; the same jobs in all processes. */
  readonly jobs: readonly JobDefinition[];
  /**
   * The lock's name, and the first part of the scheduler's own records: 1 to 64 bytes without control characters and
   * braces. Default `scheduler`. Of any other, the jobs' records are `<name>:job:<job>`, so that schedulers of one
   * tenant may have jobs of the same name.
   */
  readonly name?: string | undefined;
  /** Names this process in the status, 1 to 256 bytes. Default host, process number and four random characters. */
  readonly owner?: string | undefined;
  /** Milliseconds until another process replaces a leader that died: 50 to 2,147,483,647. Default 10,000. */
  readonly leaseMs?: number | undefined;
  /** Milliseconds for which `stop` waits for jobs after it has aborted their signal. Default 10,000. */
  readonly graceMs?: number | undefined;
  /** Told of what jobs throw, with the job's name, and of errors of Redis. */
  readonly onError?: ((error: Error, job: string | undefined) => void) | undefined;
  /** Told when this process begins and ceases to lead. */
  readonly onLeading?: ((leading: boolean) => void) | undefined;
}

/** One process of a fleet of schedulers. At most one of them leads and runs the jobs. */
export interface Scheduler {
  /** Begins to wait for the lead. A second call does nothing; a stopped scheduler stays stopped. */
  start(): void;
  /** Aborts the jobs' signal, waits `graceMs` for them, and lets go of the lead. `timedOut`: some job still runs. */
  stop(): Promise<"finished" | "timedOut">;
  /** Who leads, and how each job's last run went; the same from every process, started or not. */
  status(): Promise<SchedulerStatus>;
}

/** How long to wait for the lead in one go. */
const waitMs = defaults.leaderWaitMs.value;

/**
 * Runs jobs by their schedules, each in one process of the whole fleet: the one that holds the lock. When it
 * dies, another takes over as its lease ends, and catches up once on what was due meanwhile. Instants are those
 * of Redis's clock; a process whose clock is wrong runs nothing early.
 *
 * ```ts
 * const scheduler = createScheduler({
 *   tenant: acme,
 *   jobs: [{ name: "cleanup", schedule: "0 3 * * *", timeZone: "Europe/Berlin", run: ({ signal }) => cleanUp(signal) }],
 * });
 * scheduler.start();
 * ```
 *
 * @throws ArgumentError for a schedule or a time zone that there is not, for names given twice, and for options that can
 * never work
 */
export function createScheduler(options: SchedulerOptions): Scheduler {
  return readFrom("options", () => new FleetScheduler(options));
}

class FleetScheduler implements Scheduler {
  readonly #options: SchedulerOptions;
  readonly #name: string;
  readonly #owner: string;
  readonly #leaseMs: number;
  readonly #graceMs: number;
  readonly #runners: readonly JobRunner[];
  readonly #stopping = new AbortController();
  #loop: Promise<void> | undefined;

  constructor(options: SchedulerOptions) {
    const { tenant, jobs, name = defaults.name.value, leaseMs = defaults.leaseMs.value } = options;
    const { graceMs = defaults.graceMs.value, onError } = options;
    checkedNames(
      "jobs",
      jobs.map((job) => job.name),
    );
    this.#options = options;
    this.#name = checkedName("name", name, 64);
    for (const job of jobs) checkedJobName(job.name, name);
    const { owner = `${hostname()}:${process.pid}:${randomUUID().slice(0, 4)}` } = options;
    this.#owner = checkedOwner(owner);
    // The lock's bounds.
    this.#leaseMs = checkedInteger("leaseMs", leaseMs, defaults.minLeaseMs.value, MAX_TIMER_MS);
    this.#graceMs = checkedInteger("graceMs", graceMs, 0, MAX_DURATION_MS);
    this.#runners = jobs.map((job) => new JobRunner(job, { job: tenant.job, scheduler: name, onError }));
  }

  start(): void {
    if (!this.#stopping.signal.aborted) this.#loop ??= this.#seekLead();
  }

  async stop(): Promise<"finished" | "timedOut"> {
    this.#stopping.abort(new LostError("the scheduler was stopped"));
    // The jobs' grace, and then the lock's release. A call in flight may take longer than both.
    await endsWithin(this.#loop ?? Promise.resolve(), this.#graceMs + 5_000);
    return this.#runners.some((runner) => runner.working) ? "timedOut" : "finished";
  }

  status(): Promise<SchedulerStatus> {
    return readStatus({
      job: this.#options.tenant.job,
      scheduler: this.#name,
      leaseMs: this.#leaseMs,
      runners: this.#runners,
    });
  }

  async #seekLead(): Promise<void> {
    const { tenant, onError } = this.#options;
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted; ) {
      try {
        const options = { leaseMs: this.#leaseMs, waitMs, signal };
        await tenant.lock.using(this.#name, options, (held) => this.#lead(held.signal, held.fence));
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        // Somebody else leads, or the lead went to somebody else: both are the usual course of things.
        failures = error instanceof BusyError || error instanceof LostError ? 1 : failures + 1;
        if (!(error instanceof BusyError)) notify(onError, asError(error), undefined);
      }
      if (!signal.aborted) await pause(backoffMs(Math.max(failures, 1), redisBackoff), signal);
    }
  }

  async #lead(lockSignal: AbortSignal, fence: number): Promise<void> {
    const { tenant, onError } = this.#options;
    const link = linkedSignal(lockSignal, this.#stopping.signal);
    try {
      const term = await Leadership.begin({
        job: tenant.job,
        scheduler: this.#name,
        owner: this.#owner,
        fence,
        leaseMs: this.#leaseMs,
        link,
        onError: (error) => notify(onError, error, undefined),
      });
      await this.#serve(term);
    } finally {
      link.release();
    }
  }

  async #serve(term: Leadership): Promise<void> {
    notify(this.#options.onLeading, true);
    const jobs = Promise.all(this.#runners.map((runner) => runner.follow(term)));
    await term.heartbeat();
    await endsWithin(jobs, this.#graceMs);
    await term.resign();
    notify(this.#options.onLeading, false);
  }
}

/** It is kept as a note of the leader's record. */
function checkedOwner(owner: string): string {
  types.note.encode("owner", owner);
  if (Buffer.byteLength(owner) <= 256) return owner;
  throw new ArgumentError("owner", "1 to 256 bytes");
}
