import { randomUUID } from "node:crypto";
import { type JobReadReply, type Tenant, types } from "../../generated/ts/index.js";
import { ArgumentError, DeadlineError } from "../client/index.js";
import { backoffMs, redisBackoff } from "../core/backoff.js";
import { checkedInteger } from "../core/checks.js";
import { MAX_TIMER_MS } from "../core/limits.js";
import { linkedSignal } from "../core/linked-signal.js";
import { asError, failureReasonOf, notify, type OnError } from "../core/notify.js";
import { endsWithin, pause } from "../core/wait.js";
import { jobDefaults, schedulerDefaults } from "./defaults.js";
import { type Leadership, leaderRecords } from "./leadership.js";
import { Schedule } from "./schedule.js";

/** The run of a job: its signal and its fence. */
export interface JobContext {
  /**
   * Aborted when the lock is lost, the scheduler stops, or `timeoutMs` is over. A run that throws after one of the
   * first two was cut short, and is caught up; one that ends well is done.
   */
  readonly signal: AbortSignal;
  /** The leader's fencing token, for stores that refuse late writers. */
  readonly fence: number;
}

/** One job: its name, its schedule and its function. */
export interface JobDefinition {
  /** 1 to 128 bytes without control characters and braces; the same in all processes. */
  readonly name: string;
  /** A cron pattern of five parts, or of six with seconds first. */
  readonly schedule: string;
  /** An IANA time zone. Default `UTC`, whatever the machine's own. */
  readonly timeZone?: string | undefined;
  /** Milliseconds until a run's signal aborts. Default 3,600,000. */
  readonly timeoutMs?: number | undefined;
  /** A text that it returns is kept as the run's note, up to 250 characters. */
  run(context: JobContext): Promise<unknown>;
}

export interface JobRunnerOptions {
  readonly job: Tenant["job"];
  readonly scheduler: string;
  readonly onError: ((error: Error, job: string) => void) | undefined;
}

/** How many times the client tries to record the end of a run. */
const maxFinishAttempts = jobDefaults.maxFinishAttempts.value;
/** If the clock steps back farther, the schedule starts again from the new time. */
const maxClockStepMs = jobDefaults.maxClockStepMs.value;

/** Runs one job by its schedule while a term lasts, one run at a time in this process. */
export class JobRunner {
  readonly definition: JobDefinition;
  readonly schedule: Schedule;
  /** The name of the record of its runs. */
  readonly record: string;
  readonly #options: JobRunnerOptions;
  readonly #timeoutMs: number;
  readonly #onError: OnError;
  #current: Promise<void> = Promise.resolve();
  #working = false;

  constructor(definition: JobDefinition, options: JobRunnerOptions) {
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

  /** Whether the job's own work is going on, of whichever term. */
  get working(): boolean {
    return this.#working;
  }

  /** Never rejects; resolves when the term and the run in hand are over. */
  async follow(term: Leadership): Promise<void> {
    // A run of an earlier term that has not heeded its signal.
    while (!term.signal.aborted && !(await endsWithin(this.#current, 1_000)));
    // One instant divides what is caught up from what is still to come: none falls between the two.
    const nowMs = term.clock.now();
    let afterMs = (await this.#catchUp(term, nowMs)) ? term.clock.now() : nowMs;
    for (;;) {
      const dueMs = this.schedule.next(afterMs);
      if (dueMs === undefined) return;
      // A bounded sleep: Redis's clock may be corrected meanwhile.
      while (!term.signal.aborted && term.clock.now() < dueMs) {
        await pause(Math.min(dueMs - term.clock.now(), maxClockStepMs), term.signal);
      }
      if (term.signal.aborted) return;
      await this.#run(term);
      const nowMs = term.clock.now();
      afterMs = dueMs - nowMs < maxClockStepMs ? Math.max(nowMs, dueMs) : nowMs;
    }
  }

  /**
   * Runs once what was due while nobody led, or was cut short; once for each instant, also if that kills its process.
   * Tells whether it ran.
   */
  async #catchUp(term: Leadership, nowMs: number): Promise<boolean> {
    const dueMs = this.schedule.latest(nowMs);
    if (dueMs === undefined) return false;
    const { name } = this.definition;
    const record = catchUpRecord(this.#options.scheduler, name);
    const { job } = this.#options;
    const last = await this.#retryUntilAnswered(term.signal, () => job.read({ job: this.record }));
    const caught = await this.#retryUntilAnswered(term.signal, () => job.read({ job: record }));
    if (!last || !caught || !missed(last, dueMs, term.aliveBeforeMs)) return false;
    if (caught.outcome !== "never" && caught.startedMs >= dueMs) return false;
    const begun = { job: record, run: randomUUID(), fence: term.fence };
    const reply = await this.#retryUntilAnswered(term.signal, () => job.start(begun));
    if (reply?.outcome !== "started") return false;
    await this.#run(term);
    return true;
  }

  #run(term: Leadership): Promise<void> {
    this.#current = this.#runNow(term).catch((error: unknown) => this.#onError(asError(error)));
    return this.#current;
  }

  async #runNow(term: Leadership): Promise<void> {
    const { job } = this.#options;
    const { run: work } = this.definition;
    const run = randomUUID();
    const begun = { job: this.record, run, fence: term.fence };
    const reply = await this.#retryUntilAnswered(term.signal, () => job.start(begun));
    if (!reply || term.signal.aborted) return;
    if (reply.outcome === "stale") {
      term.end();
      return;
    }
    const link = linkedSignal(term.signal);
    const timer = setTimeout(
      () => link.abort(new DeadlineError("the job ran longer than its timeoutMs")),
      this.#timeoutMs,
    );
    timer.unref();
    let ended: { readonly state: "done" | "failed"; readonly note?: string };
    this.#working = true;
    try {
      const answer = await work.call(this.definition, { signal: link.signal, fence: term.fence });
      ended = { state: "done", ...noteOf(answer) };
    } catch (error) {
      const cutShort = term.signal.aborted;
      this.#onError(asError(error));
      // The record stays as it is, and the next leader runs what was due.
      if (cutShort) return;
      ended = { state: "failed", note: failureReasonOf(error) };
    } finally {
      this.#working = false;
      clearTimeout(timer);
      link.release();
    }
    const never = new AbortController();
    await this.#retryUntilAnswered(
      never.signal,
      () => job.finish({ job: this.record, run, ...ended }),
      maxFinishAttempts,
    );
  }

  /** Makes a call until Redis answers, or the signal is aborted: undefined then. */
  async #retryUntilAnswered<Reply>(
    signal: AbortSignal,
    call: () => Promise<Reply>,
    most = Number.POSITIVE_INFINITY,
  ): Promise<Reply | undefined> {
    for (let failures = 1; failures <= most && !signal.aborted; failures++) {
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

/** Where it is noted that a job was caught up. With the longest names it has 202 bytes of the 256 that scripts take. */
function catchUpRecord(scheduler: string, job: string): string {
  return `${scheduler}:catch-up:${job}`;
}

/**
 * Where a job's runs are noted: under its name, or with the scheduler's where that is not the default one. Each lock
 * counts its own fences, so that two schedulers with one record would throw each other out of the lead.
 */
function jobRecord(scheduler: string, job: string): string {
  return scheduler === schedulerDefaults.name.value ? job : `${scheduler}:job:${job}`;
}

/** A job's name, unless the scheduler has a record of its own under it. */
export function checkedJobName(job: string, scheduler: string): string {
  checkedName("name", job, 128);
  const { leader, alive } = leaderRecords(scheduler);
  if (job !== leader && job !== alive && !job.startsWith(catchUpRecord(scheduler, ""))) return job;
  throw new ArgumentError("name", "no name of the scheduler's own records");
}

/** Text that fits into the key of a record. */
export function checkedName(argument: string, name: string, mostBytes: number): string {
  types.id.encode(argument, name);
  if (Buffer.byteLength(name) <= mostBytes) return name;
  throw new ArgumentError(argument, `1 to ${mostBytes} bytes`);
}

/** Whether nobody has run what was due at this instant, or not to its end. */
function missed(last: JobReadReply, dueMs: number, aliveBeforeMs: number | undefined): boolean {
  switch (last.outcome) {
    case "never":
      return aliveBeforeMs !== undefined && aliveBeforeMs < dueMs;
    case "running":
      return true;
    case "done":
    case "failed":
      return last.startedMs < dueMs;
  }
}

function noteOf(answer: unknown): { readonly note?: string } {
  if (typeof answer !== "string" || answer === "") return {};
  return { note: [...answer].slice(0, 250).join("") };
}
