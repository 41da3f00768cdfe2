// job.read 1.0.0. Generated from lua/job/read.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `job.read`. */
export interface JobReadArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly job: string;
}

/** Reply of `job.read`: `outcome` says what happened. */
export type JobReadReply =
  | {
      /** `never`: the job has not run yet. */
      readonly outcome: "never";
    }
  | {
      /** `running`: the last run has not ended. */
      readonly outcome: "running";
      /**
       * When the last run started. Milliseconds since 1970-01-01 UTC, 0 to 8,640,000,000,000,000.
       */
      readonly startedMs: number;
      /** Its duration, until now if it is running. Milliseconds, 0 to 8,640,000,000,000,000. */
      readonly ranMs: number;
    }
  | {
      /**
       * - `done`: the last run succeeded.
       * - `failed`: the last run failed.
       */
      readonly outcome: "done" | "failed";
      /**
       * When the last run started. Milliseconds since 1970-01-01 UTC, 0 to 8,640,000,000,000,000.
       */
      readonly startedMs: number;
      /** Its duration, until now if it is running. Milliseconds, 0 to 8,640,000,000,000,000. */
      readonly ranMs: number;
      /** As given to finish. 1 to 1,000 bytes. It may be absent. */
      readonly note: string | undefined;
    };

/** The function of `job.read`. A tenant's `job` has it. */
export interface JobReadOperation {
  /**
   * Reads the state of the last run of a job.
   *
   * Outcomes:
   * - `never`: the job has not run yet.
   * - `running`: the last run has not ended.
   * - `done`: the last run succeeded.
   * - `failed`: the last run failed.
   *
   * Units: `startedMs` in milliseconds since 1970-01-01 UTC; `ranMs` in milliseconds.
   *
   * Cost: O(1).
   *
   * Retry: safe. It only reads.
   *
   * Lua source: `lua/job/read.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`: an argument is not of its type or outside its bounds. Nothing was written.
   * @throws `CORRUPT`: a stored value breaks its own rules. Nothing was written.
   * @throws `WRONG_TYPE`: a key holds another type of value. Nothing was written.
   * @throws `DEADLINE`: no answer came before the deadline.
   * @throws `UNAVAILABLE`, `ABORTED`, `CLOSED` and the other errors that every call can end with.
   *
   * @example
   * ```ts
   * // A job that has run is done.
   * const reply = await acme.job.read({ job: "job-1" });
   * // reply: { outcome: "done", startedMs: Date.now() - 3000, ranMs: 2000, note: "12 offers" }
   * ```
   */
  read(args: JobReadArgs, options?: CallOptions): Promise<JobReadReply>;
}

/** The script `job.read`, as a client loads and calls it. */
export const jobRead: Script<JobReadArgs, JobReadReply> = {
  name: "job.read",
  version: "1.0.0",
  digest: "341a0b1e5b221b53454f5c16d79b0ff5952384c3",
  writes: false,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<job>}:job",
  ],
  encode(scope, args) {
    return {
      keys: [keys.job(scope, args.job)],
      args: [],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 4);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "never":
        return {
          outcome,
        };
      case "running":
        return {
          outcome,
          startedMs: field.startedMs.decode("startedMs", fields[1]),
          ranMs: field.ranMs.decode("ranMs", fields[2]),
        };
      case "done":
      case "failed":
        return {
          outcome,
          startedMs: field.startedMs.decode("startedMs", fields[1]),
          ranMs: field.ranMs.decode("ranMs", fields[2]),
          note: field.note.decode("note", fields[3]),
        };
    }
  },
  get lines() {
    return lines;
  },
  get lua() {
    return lua;
  },
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["never", "running", "done", "failed"]),
  startedMs: types.epochMs,
  ranMs: types.waitMs,
  note: optional(types.note),
};

/** Source file -> line of the Lua text below -> line of that source file. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/now_ms.lua": {
    6: 4, 7: 5, 8: 6, 9: 7,
  },
  "lua/lib/stored_integer.lua": {
    14: 9, 16: 11, 17: 12, 18: 13, 19: 14, 20: 15, 21: 16, 22: 17, 23: 18, 24: 19, 25: 20,
  },
  "lua/job/read.lua": {
    34: 24, 35: 24, 36: 25, 37: 26, 38: 27, 39: 28, 40: 29, 41: 30, 42: 31, 43: 32, 44: 33, 45: 34, 46: 35,
    47: 36, 48: 37, 49: 38, 50: 38, 51: 38, 52: 39, 53: 40, 54: 41, 55: 42, 56: 43, 57: 44, 58: 45, 59: 46,
    60: 47,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=no-writes
-- job.read 1.0.0. Generated from lua/job/read.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- From lua/lib/stored_integer.lua:
--- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
--- script.
local function stored_integer(value, what, min, max)
  -- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
  local MAX_EXACT = 9007199254740991
  if not value then
    return nil
  end
  local number = string.find(value, "^-?%d+$") and tonumber(value)
  if not number or number < (min or 0) or number > (max or MAX_EXACT) then
    error({ err = "CORRUPT " .. what })
  end
  return number
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 0 then
  return { err = "ARGUMENT job.read expected 1 key and 0 arguments" }
end

-- From lua/job/read.lua:
--- Reads the state of the last run of a job.
do
  local job = KEYS[1]
  local stored = redis.call("HMGET", job, "state", "started", "ended", "note")
  local state = stored[1]
  if not state then
    return "never"
  end
  if state ~= "running" and state ~= "done" and state ~= "failed" then
    error({ err = "CORRUPT state" })
  end
  local started = stored_integer(stored[2], "started")
  local ended = stored_integer(stored[3], "ended")
  if not started then
    error({ err = "CORRUPT started" })
  elseif state == "running" then
    local reply_outcome, reply_started_ms, reply_ran_ms, reply_note =
      "running", started, math.max(now_ms() - started, 0)
    return { reply_outcome, reply_started_ms or false, reply_ran_ms or false, reply_note or false }
  elseif not ended then
    error({ err = "CORRUPT ended" })
  end
  local ran_ms = math.max(ended - started, 0)
  if state == "done" then
    return { "done", started or false, ran_ms or false, stored[4] or nil }
  end
  return { "failed", started or false, ran_ms or false, stored[4] or nil }
end
`;
