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
  digest: "b21615002975e982e83c5350edadef8e0b69eaf3",
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
  "lua/lib/raise.lua": {
    6: 7, 12: 13, 13: 14, 14: 15,
  },
  "lua/lib/corrupt.lua": {
    19: 11, 20: 12, 21: 13,
  },
  "lua/lib/now_ms.lua": {
    25: 4, 26: 5, 27: 6, 28: 7,
  },
  "lua/lib/stored_integer.lua": {
    32: 4, 36: 14, 37: 15, 38: 16, 39: 17, 40: 18, 41: 19, 42: 20, 43: 21, 44: 22, 45: 23,
  },
  "lua/job/read.lua": {
    54: 25, 55: 25, 56: 26, 57: 27, 58: 28, 59: 29, 60: 30, 61: 31, 62: 32, 63: 33, 64: 34, 65: 35, 66: 36,
    67: 37, 68: 38, 69: 39, 70: 39, 71: 39, 72: 40, 73: 41, 74: 42, 75: 43, 76: 44, 77: 45, 78: 46, 79: 47,
    80: 48,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=no-writes
-- job.read 1.0.0. Generated from lua/job/read.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/raise.lua:
--- Ends the script with an error that names a line of the script. Call it before the first write.
local function raise(code, what, level)
  -- Clients expect the code as the first word of an error. Redis puts ERR in front of an error that
  -- is a text, so this error must be a table. For a table, Redis names the line of error() itself,
  -- which is always the line below. Lua adds the line at \`level\`, but only to a text. So the first
  -- error() is caught and only returns this position, "user_script:<line>: ". The second error()
  -- ends the script.
  local _, position = pcall(error, "", level + 2)
  error({ err = code .. " " .. what .. " at " .. string.gsub(position, ": $", "") })
end

-- From lua/lib/corrupt.lua:
--- Ends the script with the error CORRUPT: a stored value does not have the form that the keyspace
--- declares.
local function corrupt(what, level)
  raise("CORRUPT", what, (level or 1) + 1)
end

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- From lua/lib/stored_integer.lua:
-- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
local MAX_EXACT = 9007199254740991

--- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
--- script.
local function stored_integer(value, what, min, max)
  if not value then
    return nil
  end
  local number = string.find(value, "^-?%d+$") and tonumber(value)
  if not number or number < (min or 0) or number > (max or MAX_EXACT) then
    corrupt(what, 2)
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
    corrupt("state")
  end
  local started = stored_integer(stored[2], "started")
  local ended = stored_integer(stored[3], "ended")
  if not started then
    corrupt("started")
  elseif state == "running" then
    local reply_outcome, reply_started_ms, reply_ran_ms, reply_note =
      "running", started, math.max(now_ms() - started, 0)
    return { reply_outcome, reply_started_ms or false, reply_ran_ms or false, reply_note or false }
  elseif not ended then
    corrupt("ended")
  end
  local ran_ms = math.max(ended - started, 0)
  if state == "done" then
    return { "done", started or false, ran_ms or false, stored[4] or nil }
  end
  return { "failed", started or false, ran_ms or false, stored[4] or nil }
end
`;
