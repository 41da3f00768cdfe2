import type { JobReadReply, Tenant } from "../../generated/ts/index.js";
import type { JobRunner } from "./job-runner.js";
import { leaderRecords } from "./leadership.js";

/** The leader and the jobs of a scheduler, the same from every process. */
export interface SchedulerStatus {
  /** Who leads: a name for people. Undefined when nobody has been heard of within a lease. */
  readonly leader:
    | {
        readonly owner: string;
        /** Since when, by Redis's clock. */
        readonly sinceMs: number;
        /** How long ago it was heard of. */
        readonly aliveAgoMs: number;
      }
    | undefined;
  readonly jobs: readonly JobStatus[];
}

/** One job: its schedule, its last run and its next run. */
export interface JobStatus {
  readonly name: string;
  readonly schedule: string;
  readonly timeZone: string;
  readonly last: JobLastRun | undefined;
  /** When it runs next, by Redis's clock; undefined while nobody leads. */
  readonly nextMs: number | undefined;
}

/** The last run of a job. */
export interface JobLastRun {
  /** `interrupted`: it had not ended as its leader's term did, or when that leader was last heard of. */
  readonly outcome: "running" | "done" | "failed" | "interrupted";
  readonly startedMs: number;
  readonly ranMs: number;
  /** What the run returned, or the name and code of its error. */
  readonly note: string | undefined;
}

export interface StatusQuestion {
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
}: StatusQuestion): Promise<SchedulerStatus> {
  const records = leaderRecords(scheduler);
  const [leader, alive, ...reads] = await Promise.all([
    job.read({ job: records.leader }),
    job.read({ job: records.alive }),
    ...runners.map(({ record }) => job.read({ job: record })),
  ]);
  // A record that runs tells Redis's clock: when it began, and how long ago that was.
  const leads = alive.outcome === "running" && alive.ranMs < leaseMs;
  const nowMs = leads ? alive.startedMs + alive.ranMs : undefined;
  const termMs = leads && leader.outcome !== "never" ? leader.startedMs : undefined;
  const known = leads && leader.outcome === "done" && leader.note !== undefined;
  return {
    leader: known ? { owner: leader.note, sinceMs: leader.startedMs, aliveAgoMs: alive.ranMs } : undefined,
    jobs: runners.map(({ definition, schedule }, position) => ({
      name: definition.name,
      schedule: schedule.pattern,
      timeZone: schedule.timeZone,
      last: lastRun(reads[position], termMs),
      nextMs: nowMs === undefined ? undefined : schedule.next(nowMs),
    })),
  };
}

function lastRun(reply: JobReadReply | undefined, termMs: number | undefined): JobLastRun | undefined {
  if (!reply || reply.outcome === "never") return undefined;
  const { startedMs, ranMs } = reply;
  if (reply.outcome === "running") {
    // What began before this leader's term was another's, or was cut short.
    const runs = termMs !== undefined && startedMs >= termMs;
    return { outcome: runs ? "running" : "interrupted", startedMs, ranMs, note: undefined };
  }
  return { outcome: reply.outcome, startedMs, ranMs, note: reply.note };
}
