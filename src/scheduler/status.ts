import type { JobReadReply, Tenant } from "../../generated/ts/index.js";
import type { JobRunner } from "./job-runner.js";
import { leaderRecords } from "./leadership.js";

/** The leader and the jobs of a scheduler. Times are milliseconds since 1970 by Redis's clock. */
export interface SchedulerStatus {
  /** The leading process; undefined if no leader sent a heartbeat within `leaseMs`. */
  readonly leader:
    | {
        /** The leader's `owner` option. */
        readonly owner: string;
        /** When its leadership began. */
        readonly sinceMs: number;
        /** Milliseconds since its last heartbeat. */
        readonly aliveAgoMs: number;
      }
    | undefined;
  readonly jobs: readonly JobStatus[];
}

/** One job of `SchedulerStatus.jobs`, in the order of the option `jobs`. */
export interface JobStatus {
  readonly name: string;
  readonly schedule: string;
  readonly timeZone: string;
  /** Undefined before the first run. */
  readonly last: JobLastRun | undefined;
  /** When it runs next; undefined if there is no leader. */
  readonly nextMs: number | undefined;
}

/** The last run of a job. */
export interface JobLastRun {
  /** `interrupted`: the run had no result when its leader's leadership or heartbeats ended. */
  readonly outcome: "running" | "done" | "failed" | "interrupted";
  /** Milliseconds since 1970, by Redis's clock. */
  readonly startedMs: number;
  /** Duration in milliseconds; for `running`, the time since the start. */
  readonly ranMs: number;
  /** The text that the run returned, or the name and code of its error. */
  readonly note: string | undefined;
}

export interface StatusQuery {
  readonly job: Tenant["job"];
  readonly scheduler: string;
  readonly leaseMs: number;
  readonly runners: readonly JobRunner[];
}

export async function readStatus({
  job,
  scheduler,
  leaseMs,
  runners,
}: StatusQuery): Promise<SchedulerStatus> {
  const records = leaderRecords(scheduler);
  const [leader, alive, ...reads] = await Promise.all([
    job.read({ job: records.leader }),
    job.read({ job: records.alive }),
    ...runners.map(({ record }) => job.read({ job: record })),
  ]);
  // The start and the age of a running record add up to Redis's current time.
  const isAlive = alive.outcome === "running" && alive.ranMs < leaseMs;
  const nowMs = isAlive ? alive.startedMs + alive.ranMs : undefined;
  const leaderSinceMs = isAlive && leader.outcome !== "never" ? leader.startedMs : undefined;
  const isKnown = isAlive && leader.outcome === "done" && leader.note !== undefined;
  return {
    leader: isKnown ? { owner: leader.note, sinceMs: leader.startedMs, aliveAgoMs: alive.ranMs } : undefined,
    jobs: runners.map(({ definition, schedule }, position) => ({
      name: definition.name,
      schedule: schedule.pattern,
      timeZone: schedule.timeZone,
      last: lastRun(reads[position], leaderSinceMs),
      nextMs: nowMs === undefined ? undefined : schedule.next(nowMs),
    })),
  };
}

function lastRun(reply: JobReadReply | undefined, leaderSinceMs: number | undefined): JobLastRun | undefined {
  if (!reply || reply.outcome === "never") return undefined;
  const { startedMs, ranMs } = reply;
  if (reply.outcome === "running") {
    // An earlier leader started a run that is older than this leadership. It was interrupted.
    const isRunning = leaderSinceMs !== undefined && startedMs >= leaderSinceMs;
    return { outcome: isRunning ? "running" : "interrupted", startedMs, ranMs, note: undefined };
  }
  return { outcome: reply.outcome, startedMs, ranMs, note: reply.note };
}
