import { Cron } from "croner";
import { ArgumentError } from "../client/index.js";
import { jobDefaults } from "./defaults.js";

/** A cron pattern in a time zone. It reads no clock: each method takes an instant. */
export class Schedule {
  readonly pattern: string;
  readonly timeZone: string;
  readonly #cron: Cron;

  /** @throws ArgumentError for an invalid pattern or time zone, or a date that does not exist */
  constructor(pattern: string, timeZone: string = jobDefaults.timeZone.value) {
    this.pattern = pattern;
    this.timeZone = timeZone;
    // Croner would use the machine's time zone for an empty value.
    if (typeof timeZone !== "string" || !isTimeZone(timeZone))
      throw new ArgumentError("timeZone", "an IANA time zone, such as Europe/Berlin");
    try {
      // Paused, because croner's timers use the clock of the process.
      this.#cron = new Cron(pattern, { paused: true, timezone: timeZone, mode: "5-or-6-parts" });
      if (this.#cron.getOnce()) throw new TypeError("the pattern is a single instant");
      if (this.next(0) === undefined) throw new TypeError("the pattern matches no instant");
    } catch {
      throw new ArgumentError("schedule", "a cron pattern of 5 or 6 parts that matches some instant");
    }
  }

  /** The first instant after this one. */
  next(afterMs: number): number | undefined {
    const nextMs = this.#cron.nextRun(new Date(afterMs))?.getTime();
    // An instant that is not later would run the job in an endless loop.
    return nextMs === undefined ? undefined : Math.max(nextMs, afterMs + 1);
  }

  /** The last instant at or before this one. */
  latest(untilMs: number): number | undefined {
    return this.#cron.previousRuns(1, new Date(untilMs + 1))[0]?.getTime();
  }
}

function isTimeZone(name: string): boolean {
  try {
    return name !== "" && new Intl.DateTimeFormat("en", { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}
