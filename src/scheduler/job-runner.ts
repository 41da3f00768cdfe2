import type { JobReadReply, Tenant } from "../../generated/ts/index.js";
import * as types from "../../generated/ts/types.js";
import { ArgumentError, DeadlineError } from "../client/index.js";
import { linkedSignal } from "../core/abort-signal.js";
import { backoffMs, redisBackoff } from "../core/backoff.js";
import { checkedInteger } from "../core/checks.js";
import { MAX_TIMER_MS } from "../core/limits.js";
import { asError, failureReasonOf, notify, type OnError } from "../core/notify.js";
import { storedText } from "../core/stored-text.js";
import { endsWithin, pause } from "../core/wait.js";
import { jobDefaults, schedulerDefaults } from "./defaults.js";
import { type Leadership, leaderRecords } from "./leadership.js";
import { Schedule } from "./schedule.js";

/** The argument of a job's `run`. */
export interface JobContext {
  /**
   * Aborted when the lock is lost, when the scheduler stops, or after `timeoutMs`. A run that
   * throws after one of the first two is interrupted, and the next leader runs the job again. A run
   * that resolves is done in any case.
   */
  readonly signal: AbortSignal;
  /** The leader's fence, for stores that reject stale writers. */
  readonly fence: number;
}

/** One job: its name, its schedule and its function. */
export interface JobDefinition {
  /** 1 to 128 bytes without control characters and braces; the same in all processes. */
  readonly name: string;
  /** A cron pattern of five parts, or of six parts with seconds first. */
  readonly schedule: string;
  /** An IANA time zone. Default `UTC`; the machine's time zone is not used. */
  readonly timeZone?: string | undefined;
  /** After so many milliseconds a run's signal is aborted. 1 to 2147483647, default 3,600,000. */
  readonly timeoutMs?: number | undefined;
  /**
   * Does the work. If it resolves with a string, the first 250 characters become the note of the
   * run in the status. If it throws, the run has failed and waits for its next instant.
   */
  run(context: JobContext): Promise<unknown>;
}

/** Options of `JobRunner`. */
export interface JobRunnerOptions {
  readonly job: Tenant["job"];
  /** The scheduler's name. */
  readonly scheduler: string;
  readonly onError: ((error: Error, job: string) => void) | undefined;
}

/** The most attempts to write the result of a run while Redis does not answer. */
const MAX_FINISH_ATTEMPTS = jobDefaults.maxFinishAttempts.value;
/** If Redis's clock steps back farther, the schedule starts again from the new time. */
const MAX_CLOCK_STEP_MS = jobDefaults.maxClockStepMs.value;

/** Runs one job by its schedule while this process leads, one run at a time. */
export class JobRunner {
  readonly definition: JobDefinition;
  readonly schedule: Schedule;
  /** The name of the job record that holds its last run. */
  readonly record: string;
  readonly #options: JobRunnerOptions;
  readonly #timeoutMs: number;
  readonly #onError: OnError;
  #currentRun: Promise<void> = Promise.resolve();
  /** The number of the last run. It rises, so it rises under each fence. */
  #runs = 0;
  #isRunning = false;

  constructor(definition: JobDefinition, options: JobRunnerOptions) {
    if (typeof definition.run !== "function") throw new ArgumentError("run", "a function");
    this.definition = definition;
    this.schedule = new Schedule(definition.schedule, definition.timeZone);
    this.#timeoutMs = checkedInteger(
      "timeoutMs",
      definition.timeoutMs ?? jobDefaults.timeoutMs.value,
      1,
      MAX_TIMER_MS,
    );
    this.#options = options;
    this.record = jobRecord(options.scheduler, definition.name);
    this.#onError = (error) => notify(options.onError, error, definition.name);
  }

  /** Whether the job's function is running, also if an earlier leadership started it. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Never rejects. Resolves when the leadership and the current run have ended. */
  async runUntilEnd(leadership: Leadership): Promise<void> {
    // A run of an earlier leadership may still go on, because it ignored its signal.
    while (!leadership.signal.aborted && !(await endsWithin(this.#currentRun, 1_000)));
    // The same instant ends the search for a missed run and starts the schedule. None is skipped.
    const nowMs = leadership.clock.now();
    let afterMs = (await this.#catchUpMissedRun(leadership, nowMs)) ? leadership.clock.now() : nowMs;
    for (;;) {
      const dueMs = this.schedule.next(afterMs);
      if (dueMs === undefined) return;
      // The pause is bounded, because Redis's clock may be corrected in the meantime.
      while (!leadership.signal.aborted && leadership.clock.now() < dueMs) {
        await pause(Math.min(dueMs - leadership.clock.now(), MAX_CLOCK_STEP_MS), leadership.signal);
      }
      if (leadership.signal.aborted) return;
      await this.#run(leadership);
      const nowMs = leadership.clock.now();
      afterMs = dueMs - nowMs < MAX_CLOCK_STEP_MS ? Math.max(nowMs, dueMs) : nowMs;
    }
  }

  /**
   * Runs the job once if its last instant was missed or its last run was interrupted. It does so at
   * most once for each instant, because a run that kills its process would kill each new leader.
   * Returns whether it ran the job.
   */
  async #catchUpMissedRun(leadership: Leadership, nowMs: number): Promise<boolean> {
    const dueMs = this.schedule.latest(nowMs);
    if (dueMs === undefined) return false;
    const record = catchUpRecord(this.#options.scheduler, this.definition.name);
    const { job } = this.#options;
    const lastRun = await this.#retryUntilAnswered(leadership.signal, () => job.read({ job: this.record }));
    const lastCatchUp = await this.#retryUntilAnswered(leadership.signal, () => job.read({ job: record }));
    if (!lastRun || !lastCatchUp) return false;
    if (!wasMissed(lastRun, dueMs, leadership.aliveBeforeMs)) return false;
    if (lastCatchUp.outcome !== "never" && lastCatchUp.startedMs >= dueMs) return false;
    const startArgs = { job: record, fence: leadership.fence, number: ++this.#runs };
    const reply = await this.#retryUntilAnswered(leadership.signal, () => job.start(startArgs));
    if (reply?.outcome !== "started") return false;
    await this.#run(leadership);
    return true;
  }

  #run(leadership: Leadership): Promise<void> {
    this.#currentRun = this.#runNow(leadership).catch((error: unknown) => this.#onError(asError(error)));
    return this.#currentRun;
  }

  async #runNow(leadership: Leadership): Promise<void> {
    const { job } = this.#options;
    const { run: runJob } = this.definition;
    const run = { job: this.record, fence: leadership.fence, number: ++this.#runs };
    const reply = await this.#retryUntilAnswered(leadership.signal, () => job.start(run));
    if (!reply || leadership.signal.aborted) return;
    if (reply.outcome === "stale") {
      leadership.end();
      return;
    }
    const link = linkedSignal(leadership.signal);
    const timer = setTimeout(
      () => link.abort(new DeadlineError("the job ran longer than its timeoutMs")),
      this.#timeoutMs,
    );
    timer.unref();
    let result: JobResult;
    this.#isRunning = true;
    try {
      const returned = await runJob.call(this.definition, { signal: link.signal, fence: leadership.fence });
      result = { state: "done", ...noteOf(returned) };
    } catch (error) {
      const isInterrupted = leadership.signal.aborted;
      this.#onError(asError(error));
      // The record stays in state `running`, so the next leader runs the job again.
      if (isInterrupted) return;
      result = { state: "failed", note: failureReasonOf(error) };
    } finally {
      this.#isRunning = false;
      clearTimeout(timer);
      link.release();
    }
    await this.#finish(run, result);
  }

  /**
   * Writes the result of a run. A refused note must not cost the result, because the next leader
   * would run the job again.
   */
  async #finish(run: JobRun, result: JobResult): Promise<void> {
    const { job } = this.#options;
    const finish = () =>
      job.finish({ ...run, ...result }).catch((error: unknown) => {
        if (!(error instanceof ArgumentError)) throw error;
        this.#onError(error);
        return job.finish({ ...run, state: result.state });
      });
    const neverAborted = new AbortController();
    await this.#retryUntilAnswered(neverAborted.signal, finish, MAX_FINISH_ATTEMPTS);
  }

  /** Repeats a call until Redis answers. Undefined if the signal aborts or the attempts run out. */
  async #retryUntilAnswered<Reply>(
    signal: AbortSignal,
    call: () => Promise<Reply>,
    maxAttempts = Number.POSITIVE_INFINITY,
  ): Promise<Reply | undefined> {
    for (let failures = 1; failures <= maxAttempts && !signal.aborted; failures++) {
      try {
        return await call();
      } catch (error) {
        this.#onError(asError(error));
        await pause(backoffMs(failures, redisBackoff), signal);
      }
    }
    return undefined;
  }
}

/** One run, as `job.start` and `job.finish` know it. */
interface JobRun {
  readonly job: string;
  readonly fence: number;
  readonly number: number;
}

interface JobResult {
  readonly state: "done" | "failed";
  readonly note?: string;
}

/** The record of a job's last catch-up run. The longest has 202 bytes; scripts accept 256. */
function catchUpRecord(scheduler: string, job: string): string {
  return `${scheduler}:catch-up:${job}`;
}

/**
 * The record of a job's runs: its name, with a prefix unless the scheduler has the default name.
 * Two schedulers must not share a record, because each lock counts its own fences: the scheduler
 * with the lower fence would be rejected as stale.
 */
function jobRecord(scheduler: string, job: string): string {
  return scheduler === schedulerDefaults.name.value ? job : `${scheduler}:job:${job}`;
}

/** @throws ArgumentError for an invalid name, or the name of one of the scheduler's own records */
export function checkedJobName(job: string, scheduler: string): string {
  checkedName("name", job, 128);
  const { leader, alive } = leaderRecords(scheduler);
  if (job !== leader && job !== alive && !job.startsWith(catchUpRecord(scheduler, ""))) return job;
  throw new ArgumentError("name", "a name that the scheduler does not use for its own records");
}

/** @throws ArgumentError for a text that does not fit into the key of a record */
export function checkedName(argument: string, name: string, maxBytes: number): string {
  types.id.encode(argument, name);
  if (Buffer.byteLength(name) <= maxBytes) return name;
  throw new ArgumentError(argument, `1 to ${maxBytes} bytes`);
}

/** Whether no run covers this instant, or the run was interrupted. */
function wasMissed(lastRun: JobReadReply, dueMs: number, aliveBeforeMs: number | undefined): boolean {
  switch (lastRun.outcome) {
    case "never":
      return aliveBeforeMs !== undefined && aliveBeforeMs < dueMs;
    case "running":
      return true;
    case "done":
    case "failed":
      return lastRun.startedMs < dueMs;
  }
}

function noteOf(returned: unknown): { readonly note?: string } {
  if (typeof returned !== "string" || returned === "") return {};
  return { note: storedText(returned) };
}
