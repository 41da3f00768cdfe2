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
      /** `never`: it has not run yet. */
      readonly outcome: "never";
    }
  | {
      /** `running` */
      readonly outcome: "running";
      /**
       * An instant, by Redis's clock. Milliseconds since 1970-01-01 UTC, 0 to
       * 8,640,000,000,000,000.
       */
      readonly startedMs: number;
      /** How long, until now where it runs. Milliseconds, 0 to 8,640,000,000,000,000. */
      readonly ranMs: number;
    }
  | {
      /**
       * - `done`
       * - `failed`
       */
      readonly outcome: "done" | "failed";
      /**
       * An instant, by Redis's clock. Milliseconds since 1970-01-01 UTC, 0 to
       * 8,640,000,000,000,000.
       */
      readonly startedMs: number;
      /** How long, until now where it runs. Milliseconds, 0 to 8,640,000,000,000,000. */
      readonly ranMs: number;
      /**
       * A sentence for people: why something failed, without secrets. 1 to 1,000 bytes. It may be
       * absent.
       */
      readonly note: string | undefined;
    };

/** The function of `job.read`. A tenant's `job` has it. */
export interface JobReadOperation {
  /**
   * Reads how a job's last run went, or that it runs.
   *
   * Outcomes:
   * - `never`: it has not run yet.
   * - `running`
   * - `done`
   * - `failed`
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
   * // A job that has run.
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
  digest: "0787ea4e206398c02ed912fbbaa33d204ccd1974",
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
  "lua/lib/stop.lua": {
    6: 6, 9: 9, 10: 10, 11: 11,
  },
  "lua/lib/corrupt.lua": {
    15: 7, 16: 8, 17: 9,
  },
  "lua/lib/now_ms.lua": {
    21: 4, 22: 5, 23: 6, 24: 7,
  },
  "lua/lib/stored_integer.lua": {
    28: 4, 31: 13, 32: 14, 33: 15, 34: 16, 35: 17, 36: 18, 37: 19, 38: 20, 39: 21, 40: 22,
  },
  "lua/job/read.lua": {
    44: 24, 45: 25, 46: 26, 47: 27, 48: 28, 49: 29, 50: 30, 51: 31, 52: 32, 53: 33, 54: 34, 55: 35, 56: 36,
    57: 37, 58: 38, 59: 39, 60: 40, 61: 41, 62: 42, 63: 43, 64: 44, 65: 45, 66: 46, 67: 47,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=no-writes
-- job.read 1.0.0. Generated from lua/job/read.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stop.lua:
--- Stops the script before it writes, with an error that names the script's own line.
local function stop(code, what, level)
  -- Redis adds the line on which error() stands, which is always this file's. The script's own line is what helps, and
  -- only error() with a level can tell it: one that is caught at once gives "user_script:<line>: ".
  local _, line = pcall(error, "", level + 2)
  error({ err = code .. " " .. what .. " at " .. string.gsub(line, ": $", "") })
end

-- From lua/lib/corrupt.lua:
--- Stops the script before it writes: what is stored is not what the keyspace says.
local function corrupt(what, level)
  stop("CORRUPT", what, (level or 1) + 1)
end

-- From lua/lib/now_ms.lua:
--- Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- From lua/lib/stored_integer.lua:
-- 2^53 - 1: above it a number of Lua is no longer exact.
local MOST_EXACT = 9007199254740991

--- Reads an integer that a script stored earlier; anything else, or one out of bounds, stops the script.
local function stored_integer(value, what, least, greatest)
  if not value then
    return nil
  end
  local number = string.find(value, "^-?%d+$") and tonumber(value)
  if not number or number < (least or 0) or number > (greatest or MOST_EXACT) then
    corrupt(what, 2)
  end
  return number
end

-- From lua/job/read.lua:
--- Reads how a job's last run went, or that it runs.
local function read(status)
  local stored = redis.call("HMGET", status, "state", "started", "ended", "note")
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
    return "running", started, math.max(now_ms() - started, 0)
  elseif not ended then
    corrupt("ended")
  end
  local ran_ms = math.max(ended - started, 0)
  if state == "done" then
    return "done", started, ran_ms, stored[4] or nil
  end
  return "failed", started, ran_ms, stored[4] or nil
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_encode_optional(value)
  if value == nil then
    return false
  end
  return value
end

if #KEYS ~= 1 or #ARGV ~= 0 then
  return redis.error_reply("ARGUMENT job.read expected 1 key and 0 arguments")
end
local reply_outcome, reply_started_ms, reply_ran_ms, reply_note = read(KEYS[1])
return {
  reply_outcome,
  wrapper_encode_optional(reply_started_ms),
  wrapper_encode_optional(reply_ran_ms),
  wrapper_encode_optional(reply_note),
}
`;
