// job.read 1.0.0. Generated from lua/job/read.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, optional, readFields, type ManyResult, type ManyScript, type Script } from "moonpath/client";
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
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`: nothing was written.
   * @throws `DEADLINE`: no answer came in time.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A job that has run is done.
   * const reply = await acme.job.read({ job: "job-1" });
   * // reply: { outcome: "done", startedMs: Date.now() - 3000, ranMs: 2000, note: "12 offers" }
   * ```
   */
  readonly read: {
    (args: JobReadArgs, options?: CallOptions): Promise<JobReadReply>;
    /**
     * Makes many calls of `read` at once. Each call has its own result, in the order of the calls.
     *
     * One EVALSHA makes up to 100 calls of one slot. On a cluster, each node gets its calls in one
     * write. A call that fails leaves the others alone.
     *
     * @throws `ARGUMENT`, `ABORTED`, `CLOSED`: nothing was sent. Every other error is in a result.
     */
    many(calls: readonly JobReadArgs[], options?: CallOptions): Promise<ManyResult<JobReadReply>[]>;
  };
}

/** The script `job.read`, as a client loads and calls it. */
export const jobRead: ManyScript<JobReadArgs, JobReadReply> = {
  name: "job.read",
  version: "1.0.0",
  digest: "5ba7240c5597cc581797f171e42e9d2ecc2ceb6a",
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
  many: {
    limit: 100,
    width: 4,
    digest: "d44ebe9718a0d134200169d0c980c4506759086a",
    write(call, scope, args) {
      call.beginKey(scope);
      types.id.writeKeyPart(call, "job", args.job);
      call.endTag("}:job");
      call.endKey();
    },
    get lines() {
      return manyLines;
    },
    get lua() {
      return manyLua;
    },
  },
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["never", "running", "done", "failed"]),
  startedMs: types.epochMs,
  ranMs: types.waitMs,
  note: optional(types.note),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/job/read.lua": "11:25 12-20:25 36-40:34 47:39 48:39 49-58:39",
  "lua/lib/stored_integer.lua": "24-35:9",
  "lua/lib/now_ms.lua": "43-46:4",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=no-writes
-- job.read 1.0.0. Generated from lua/job/read.lua by moonpath-codegen. DO NOT EDIT.

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
  -- From lua/lib/stored_integer.lua:
  --- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
  --- script. \`tonumber\` also reads forms such as 1e3, which no script stores.
  local function stored_integer(value, what, min, max)
    -- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
    local MAX_EXACT = 9007199254740991
    if not value then
      return nil
    end
    local number = tonumber(value)
    if not number or number % 1 ~= 0 or number < (min or 0) or number > (max or MAX_EXACT) then
      error({ err = "CORRUPT " .. what })
    end
    return number
  end
  local started = stored_integer(stored[2], "started")
  local ended = stored_integer(stored[3], "ended")
  if not started then
    error({ err = "CORRUPT started" })
  elseif state == "running" then
    -- From lua/lib/now_ms.lua:
    --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
    local function now_ms()
      local clock = redis.call("TIME")
      return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
    end
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

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const manyLines: Script<never, unknown>["lines"] = {
  "lua/lib/now_ms.lua": "7-10:4",
  "lua/lib/stored_integer.lua": "15-26:9",
  "lua/job/read.lua": "42:25 43-57:25 58:39 59-68:39",
};

/** The exact text that Redis runs for many calls. */
const manyLua = `#!lua flags=no-writes
-- job.read 1.0.0. Generated from lua/job/read.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 100 calls in one run. An error ends only its own call.

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- From lua/lib/stored_integer.lua:
--- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
--- script. \`tonumber\` also reads forms such as 1e3, which no script stores.
local function stored_integer(value, what, min, max)
  -- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
  local MAX_EXACT = 9007199254740991
  if not value then
    return nil
  end
  local number = tonumber(value)
  if not number or number % 1 ~= 0 or number < (min or 0) or number > (max or MAX_EXACT) then
    error({ err = "CORRUPT " .. what })
  end
  return number
end

-- Generated: KEYS has the keys of all calls, one call after the other.
local wrapper_calls = #KEYS
if wrapper_calls < 1 or wrapper_calls > 100 or #ARGV ~= 0 then
  return { err = "ARGUMENT job.read expected 1 to 100 calls, each with 1 key and 0 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys stand before those of the call that runs.
local wrapper_keys = 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  -- From lua/job/read.lua:
  --- Reads the state of the last run of a job.
  do
    local job = KEYS[wrapper_keys + 1]
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
      return reply_outcome, reply_started_ms or false, reply_ran_ms or false, reply_note or false
    elseif not ended then
      error({ err = "CORRUPT ended" })
    end
    local ran_ms = math.max(ended - started, 0)
    if state == "done" then
      return "done", started or false, ran_ms or false, stored[4] or nil
    end
    return "failed", started or false, ran_ms or false, stored[4] or nil
  end
end

-- Generated: makes an error the reply of its call, with the line that raised it, as Redis does for a
-- single call.
local function wrapper_failed(failure)
  if type(failure) ~= "table" then
    return { err = "ERR " .. tostring(failure) }
  end
  -- The levels above: 1 is pcall, 2 this function, 3 error or redis.call, 4 the line that called it.
  local _, where = pcall(error, "", 4)
  return {
    err = tostring(failure.err) .. " at " .. tostring(where),
    ignore_error_stats_update = failure.ignore_error_stats_update,
  }
end

-- Generated: runs the calls in their order. The reply is a list. First comes one text: the values of
-- all calls as a flat list in MessagePack, 4 values for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  local _, reply_1, reply_2, reply_3, reply_4 = xpcall(wrapper_call, wrapper_failed)
  if type(reply_1) == "table" and reply_1.err then
    wrapper_reply[#wrapper_reply + 1] = reply_1
    reply_1 = true
  end
  -- A nil would end the list.
  wrapper_values[wrapper_at + 1] = reply_1 or false
  wrapper_values[wrapper_at + 2] = reply_2 or false
  wrapper_values[wrapper_at + 3] = reply_3 or false
  wrapper_values[wrapper_at + 4] = reply_4 or false
  wrapper_at = wrapper_at + 4
  wrapper_keys = wrapper_keys + 1
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
`;
