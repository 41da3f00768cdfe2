import { Cron } from "croner";
import { ArgumentError } from "../client/index.js";
import { jobDefaults } from "./defaults.js";

/** A cron pattern in a time zone. It knows no clock: every question names an instant. */
export class Schedule {
  readonly pattern: string;
  readonly timeZone: string;
  readonly #cron: Cron;

  /** @throws ArgumentError for a pattern or a time zone that there is not, or a day that never comes */
  constructor(pattern: string, timeZone: string = jobDefaults.timeZone.value) {
    this.pattern = pattern;
    this.timeZone = timeZone;
    // Croner takes anything empty for the machine's own zone.
    if (typeof timeZone !== "string" || timeZone === "")
      throw new ArgumentError("timeZone", "an IANA time zone");
    try {
      // Paused: croner's own timers go by the process's clock.
      this.#cron = new Cron(pattern, { paused: true, timezone: timeZone, mode: "5-or-6-parts" });
      if (this.#cron.getOnce()) throw new TypeError("an instant is no schedule");
      if (this.next(0) === undefined) throw new TypeError("it never comes");
    } catch {
      throw new ArgumentError("schedule", "a cron pattern of 5 or 6 parts that comes, in an IANA time zone");
    }
  }

  /** The first instant after this one. */
  next(afterMs: number): number | undefined {
    const nextMs = this.#cron.nextRun(new Date(afterMs))?.getTime();
    // A step back would run a job without end.
    return nextMs === undefined ? undefined : Math.max(nextMs, afterMs + 1);
  }

  /** The last instant until this one, this one included. */
  latest(untilMs: number): number | undefined {
    return this.#cron.previousRuns(1, new Date(untilMs + 1))[0]?.getTime();
  }
}
