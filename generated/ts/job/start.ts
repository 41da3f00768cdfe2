// job.start 1.0.0. Generated from lua/job/start.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `job.start`. */
export interface JobStartArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly job: string;
  /** Of the lock under which the job runs. 1 to 9,007,199,254,740,991. */
  readonly fence: number;
  /** Of this run; higher for each later run under the same fence. 0 to 9,007,199,254,740,991. */
  readonly number: number;
}

/** Reply of `job.start`: `outcome` says what happened. */
export type JobStartReply =
  | {
      /** `started`: the run is recorded. */
      readonly outcome: "started";
      /** When the run started. Milliseconds since 1970-01-01 UTC, 0 to 8,640,000,000,000,000. */
      readonly startedMs: number;
    }
  | {
      /** `stale`: a later run has started since, and nothing has changed. */
      readonly outcome: "stale";
    };

/** The function of `job.start`. A tenant's `job` has it. */
export interface JobStartOperation {
  /**
   * Records the start of a run of a job.
   *
   * A run is known by its fence and its number. Later runs have a higher fence, or the same fence
   * and a higher number.
   *
   * Outcomes:
   * - `started`: the run is recorded.
   * - `stale`: a later run has started since, and nothing has changed.
   *
   * Units: `startedMs` in milliseconds since 1970-01-01 UTC.
   *
   * Cost: O(1).
   *
   * Retry: safe. The latest run is "started" again, with the same time; a call that arrives after a
   * later run is "stale", however late it is.
   *
   * Lua source: `lua/job/start.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`, `OUT_OF_MEMORY`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A run starts.
   * const reply = await acme.job.start({ job: "job-1", fence: 7, number: 1 });
   * // reply: { outcome: "started", startedMs: … }
   * ```
   */
  start(args: JobStartArgs, options?: CallOptions): Promise<JobStartReply>;
}

/** The script `job.start`, as a client loads and calls it. */
export const jobStart: Script<JobStartArgs, JobStartReply> = {
  name: "job.start",
  version: "1.0.0",
  digest: "6361d7486afbd6648fefa509518e59911e7745ce",
  writes: true,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<job>}:job",
  ],
  encode(scope, args) {
    return {
      keys: [keys.job(scope, args.job)],
      args: [
        argument.fence.encode("fence", args.fence),
        argument.number.encode("number", args.number),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 2);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "started":
        return {
          outcome,
          startedMs: field.startedMs.decode("startedMs", fields[1]),
        };
      case "stale":
        return {
          outcome,
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

/** How each argument is encoded, with its bounds. */
const argument = {
  fence: types.fence,
  number: types.sequence,
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["started", "stale"]),
  startedMs: types.epochMs,
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_integer.lua": "7-18:9",
  "lua/job/start.lua": "38:37 39:37 40-50:37 57-73:48",
  "lua/lib/now_ms.lua": "53-56:4",
};

/** The exact text that Redis runs. */
const lua = `#!lua
-- job.start 1.0.0. Generated from lua/job/start.lua by moonpath-codegen. DO NOT EDIT.

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

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 2 then
  return { err = "ARGUMENT job.start expected 1 key and 2 arguments" }
end
local arg_fence_digits = ARGV[1]
local arg_fence = string.find(arg_fence_digits, "^[1-9]%d*$") and tonumber(arg_fence_digits)
if not arg_fence or arg_fence > 9007199254740991 then
  return { err = "ARGUMENT job.start fence: expected a whole number from 1 to 9007199254740991" }
end
local arg_number_digits = ARGV[2]
local arg_number = (arg_number_digits == "0" or string.find(arg_number_digits, "^[1-9]%d*$"))
  and tonumber(arg_number_digits)
if not arg_number or arg_number > 9007199254740991 then
  return { err = "ARGUMENT job.start number: expected a whole number from 0 to 9007199254740991" }
end

-- From lua/job/start.lua:
--- Records the start of a run of a job.
do
  local job, fence, number, fence_digits, number_digits =
    KEYS[1], arg_fence, arg_number, arg_fence_digits, arg_number_digits
  local stored = redis.call("HMGET", job, "fence", "number", "started")
  local last_fence = stored_integer(stored[1], "fence") or 0
  local last_number = stored_integer(stored[2], "number") or 0
  local started = stored_integer(stored[3], "started")
  if last_fence > fence or (last_fence == fence and last_number > number) then
    return "stale"
  end
  if last_fence == fence and last_number == number and started then
    return { "started", started }
  end
  -- From lua/lib/now_ms.lua:
  --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
  local function now_ms()
    local clock = redis.call("TIME")
    return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
  end
  local now = now_ms()
  redis.call(
    "HSET",
    job,
    "fence",
    fence_digits,
    "number",
    number_digits,
    "state",
    "running",
    "started",
    string.format("%d", now)
  )
  -- Last, because no command may touch a key after a removal: on a slot that migrates it would fail.
  redis.call("HDEL", job, "ended", "note")
  return { "started", now }
end
`;
