import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { Tenant } from "../../generated/ts/index.js";
import * as types from "../../generated/ts/types.js";
import { ArgumentError, BusyError, LostError } from "../client/index.js";
import { linkedSignal } from "../core/abort-signal.js";
import { backoffMs, redisBackoff } from "../core/backoff.js";
import { checkedInteger, checkedNames, checkTenant } from "../core/checks.js";
import { type OptionNames, refuseUnknownOptions } from "../core/known-options.js";
import { MAX_DURATION_MS, MAX_TIMER_MS } from "../core/limits.js";
import { asError, notify } from "../core/notify.js";
import { readFrom } from "../core/read-from.js";
import { endsWithin, pause, stopsWithin } from "../core/wait.js";
import { schedulerDefaults as defaults } from "./defaults.js";
import {
  checkedJobName,
  checkedName,
  type JobDefinition,
  JobRunner,
  type JobRunnerOptions,
} from "./job-runner.js";
import { Leadership } from "./leadership.js";
import { readStatus, type SchedulerStatus } from "./status.js";

/** The part of `tenant.lock` that the scheduler uses. */
export interface LeaderLock {
  using<Result>(
    lock: string,
    options: { readonly leaseMs: number; readonly waitMs: number; readonly signal: AbortSignal },
    work: (held: { readonly signal: AbortSignal; readonly fence: number }) => Promise<Result>,
  ): Promise<Result>;
}

/** The part of a tenant that the scheduler uses. */
export interface SchedulerTenant extends Pick<Tenant, "job"> {
  readonly lock: LeaderLock;
}

/** Options of `createScheduler`. Times are milliseconds. */
export interface SchedulerOptions {
  /** The tenant of the lock and of the records. */
  readonly tenant: SchedulerTenant;
  /** The jobs. Names must be unique. */
  readonly jobs: readonly JobDefinition[];
  /**
   * The name of the leader lock and the prefix of the scheduler's own records: 1 to 64 bytes
   * without control characters and braces. Default `scheduler`. With another name, the jobs'
   * records are `<name>:job:<job>`. Two schedulers of a tenant may then have jobs of the same name.
   */
  readonly name?: string | undefined;
  /**
   * The name of this process in the status, 1 to 256 bytes. Default: host, process id and four
   * random characters.
   */
  readonly owner?: string | undefined;
  /**
   * The lease of the leader lock, renewed at a third of it. After a leader died, another process
   * takes over when the lease ends. 50 to 2147483647, default 10,000.
   */
  readonly leaseMs?: number | undefined;
  /** How long jobs may run after their signal was aborted. 0 or more, default 10,000. */
  readonly graceMs?: number | undefined;
  /** Receives errors of jobs, with the job's name, and errors of Redis. */
  readonly onError?: ((error: Error, job: string | undefined) => void) | undefined;
  /**
   * Called with true when this process becomes the leader, and with false when it stops leading.
   */
  readonly onLeading?: ((leading: boolean) => void) | undefined;
}

/** A scheduler, as `createScheduler` returns it. */
export interface Scheduler {
  /** Starts to compete for leadership. A second call, or a call after `stop`, does nothing. */
  start(): void;
  /**
   * Aborts the signals of the jobs, waits up to `graceMs` for them, and resigns leadership.
   * `finished`: no job runs. `timedOut`: a job ignores its signal. No run is lost, because the next
   * leader repeats it. The old run may still go on then, so the effects of both can overlap. It
   * never rejects.
   */
  stop(): Promise<"finished" | "timedOut">;
  /**
   * Reads the leader and the last run of each job from Redis. Every process gets the same result,
   * also before `start`.
   */
  status(): Promise<SchedulerStatus>;
}

/** The longest wait for the leader lock in one call. */
const LOCK_WAIT_MS = defaults.leaderWaitMs.value;

/**
 * Creates a scheduler that runs cron jobs in one process of the fleet, the leader. The leader holds
 * a lock. If it dies, another process takes over when the lease ends, and runs each job once that
 * missed an instant. Schedules follow Redis's clock, so a process with a wrong clock runs no job
 * early.
 *
 * ```ts
 * const scheduler = createScheduler({
 *   tenant: acme,
 *   jobs: [{ name: "cleanup", schedule: "0 3 * * *", run: ({ signal }) => cleanUp(signal) }],
 * });
 * scheduler.start();
 * ```
 *
 * @throws ArgumentError for an invalid schedule or time zone, a name used twice, or an option out
 * of bounds
 */
export function createScheduler(options: SchedulerOptions): Scheduler {
  return readFrom("options", () => new FleetScheduler(options));
}

const schedulerOptions: OptionNames<SchedulerOptions> = {
  tenant: true,
  jobs: true,
  name: true,
  owner: true,
  leaseMs: true,
  graceMs: true,
  onError: true,
  onLeading: true,
};

const jobFields: OptionNames<JobDefinition> = {
  name: true,
  schedule: true,
  timeZone: true,
  timeoutMs: true,
  run: true,
};

class FleetScheduler implements Scheduler {
  readonly #options: SchedulerOptions;
  readonly #name: string;
  readonly #owner: string;
  readonly #leaseMs: number;
  readonly #graceMs: number;
  readonly #runners: readonly JobRunner[];
  readonly #stopController = new AbortController();
  #loop: Promise<void> | undefined;

  constructor(options: SchedulerOptions) {
    const {
      tenant,
      jobs,
      name = defaults.name.value,
      leaseMs = defaults.leaseMs.value,
      graceMs = defaults.graceMs.value,
      onError,
    } = options;
    refuseUnknownOptions(options, schedulerOptions);
    checkTenant(tenant, "lock.using", "job.start");
    if (!Array.isArray(jobs)) throw new ArgumentError("jobs", "a list of jobs");
    this.#options = options;
    this.#name = checkedName("name", name, 64);
    const { owner = `${hostname()}:${process.pid}:${randomUUID().slice(0, 4)}` } = options;
    this.#owner = checkedOwner(owner);
    // The bounds of a lock's lease.
    this.#leaseMs = checkedInteger("leaseMs", leaseMs, defaults.minLeaseMs.value, MAX_TIMER_MS);
    this.#graceMs = checkedInteger("graceMs", graceMs, 0, MAX_DURATION_MS);
    const runnerOptions = { job: tenant.job, scheduler: name, onError };
    this.#runners = jobs.map((job: JobDefinition, index) => jobRunner(job, `jobs[${index}]`, runnerOptions));
    checkedNames(
      "jobs",
      jobs.map((job) => job.name),
    );
  }

  start(): void {
    if (!this.#stopController.signal.aborted) this.#loop ??= this.#campaign();
  }

  async stop(): Promise<"finished" | "timedOut"> {
    this.#stopController.abort(new LostError("the scheduler was stopped"));
    // Time for the jobs and for the release of the lock. A call in flight may take longer.
    await stopsWithin(this.#loop ?? Promise.resolve(), this.#graceMs + 5_000);
    return this.#runners.some((runner) => runner.isRunning) ? "timedOut" : "finished";
  }

  status(): Promise<SchedulerStatus> {
    return readStatus({
      job: this.#options.tenant.job,
      scheduler: this.#name,
      leaseMs: this.#leaseMs,
      runners: this.#runners,
    });
  }

  /** Competes for leadership until the scheduler is stopped. Never rejects. */
  async #campaign(): Promise<void> {
    const { tenant, onError } = this.#options;
    const { signal } = this.#stopController;
    for (let failures = 0; !signal.aborted; ) {
      try {
        const options = { leaseMs: this.#leaseMs, waitMs: LOCK_WAIT_MS, signal };
        await tenant.lock.using(this.#name, options, (held) => this.#leadWhileHeld(held.signal, held.fence));
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        // Another process leads, or took over. Both are normal.
        failures = error instanceof BusyError || error instanceof LostError ? 1 : failures + 1;
        if (!(error instanceof BusyError)) notify(onError, asError(error), undefined);
      }
      if (!signal.aborted) await pause(backoffMs(Math.max(failures, 1), redisBackoff), signal);
    }
  }

  async #leadWhileHeld(lockSignal: AbortSignal, fence: number): Promise<void> {
    const { tenant, onError } = this.#options;
    const link = linkedSignal(lockSignal, this.#stopController.signal);
    try {
      const leadership = await Leadership.begin({
        job: tenant.job,
        scheduler: this.#name,
        owner: this.#owner,
        fence,
        leaseMs: this.#leaseMs,
        link,
        onError: (error) => notify(onError, error, undefined),
      });
      await this.#runJobs(leadership);
    } finally {
      link.release();
    }
  }

  async #runJobs(leadership: Leadership): Promise<void> {
    notify(this.#options.onLeading, true);
    const jobs = Promise.all(this.#runners.map((runner) => runner.runUntilEnd(leadership)));
    await leadership.heartbeat();
    await endsWithin(jobs, this.#graceMs);
    await leadership.resign();
    notify(this.#options.onLeading, false);
  }
}

/** The leader's record stores it as its note. */
function checkedOwner(owner: string): string {
  types.note.encode("owner", owner);
  if (Buffer.byteLength(owner) <= 256) return owner;
  throw new ArgumentError("owner", "1 to 256 bytes");
}

/** @throws ArgumentError that names the field of the job by its path, such as `jobs[0].schedule` */
function jobRunner(job: JobDefinition, path: string, options: JobRunnerOptions): JobRunner {
  if (typeof job !== "object" || job === null) throw new ArgumentError(path, "an object");
  refuseUnknownOptions(job, jobFields, path);
  try {
    checkedJobName(job.name, options.scheduler);
    return new JobRunner(job, options);
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    throw new ArgumentError(`${path}.${error.argument}`, error.expected);
  }
}
