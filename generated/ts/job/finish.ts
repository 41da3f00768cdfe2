// job.finish 1.0.0. Generated from lua/job/finish.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `job.finish`. */
export interface JobFinishArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly job: string;
  /** As given to start. 1 to 9,007,199,254,740,991. */
  readonly fence: number;
  /** As given to start. 0 to 9,007,199,254,740,991. */
  readonly number: number;
  /** How the run ended. */
  readonly state: "done" | "failed";
  /** The result, or the reason of the failure. 1 to 1,000 bytes. */
  readonly note?: string | undefined;
}

/** Reply of `job.finish`: `outcome` says what happened. */
export type JobFinishReply =
  | {
      /**
       * - `finished`: the result is recorded, now or by an earlier call.
       * - `stale`: a later run has started, or this run never started.
       */
      readonly outcome: "finished" | "stale";
    };

/** The function of `job.finish`. A tenant's `job` has it. */
export interface JobFinishOperation {
  /**
   * Records how a run of a job ended.
   *
   * Outcomes:
   * - `finished`: the result is recorded, now or by an earlier call.
   * - `stale`: a later run has started, or this run never started.
   *
   * Cost: O(1).
   *
   * Retry: safe. A finished run keeps its first result, and a call of an earlier run changes
   * nothing.
   *
   * Lua source: `lua/job/finish.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`, `CORRUPT`, `WRONG_TYPE`: nothing was written.
   * @throws `OUTCOME_UNKNOWN`: no answer came; it may have run.
   * @throws what every call can, such as `UNAVAILABLE` and `ABORTED`.
   *
   * @example
   * ```ts
   * // A run ends.
   * const reply = await acme.job.finish({
   *   job: "job-1",
   *   fence: 7,
   *   number: 1,
   *   state: "done",
   *   note: "12 offers",
   * });
   * // reply: { outcome: "finished" }
   * ```
   */
  finish(args: JobFinishArgs, options?: CallOptions): Promise<JobFinishReply>;
}

/** The script `job.finish`, as a client loads and calls it. */
export const jobFinish: Script<JobFinishArgs, JobFinishReply> = {
  name: "job.finish",
  version: "1.0.0",
  digest: "e41963d89c23a8641e1f8142806d167bc1ee7a0d",
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
        argument.state.encode("state", args.state),
        argument.note.encode("note", args.note),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 1);
    const outcome = field.outcome.decode("outcome", fields[0]);
    return { outcome };
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
  state: choiceType(["done", "failed"]),
  note: optional(types.note),
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["finished", "stale"]),
};

/** Source file -> lines of the Lua text below, and the line of that file where they begin. */
const lines: Script<never, unknown>["lines"] = {
  "lua/lib/stored_integer.lua": "7-18:9",
  "lua/job/finish.lua": "47:32 48-58:32 65-72:43",
  "lua/lib/now_ms.lua": "61-64:4",
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- job.finish 1.0.0. Generated from lua/job/finish.lua by moonpath-codegen. DO NOT EDIT.

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
if #KEYS ~= 1 or #ARGV ~= 4 then
  return { err = "ARGUMENT job.finish expected 1 key and 4 arguments" }
end
local arg_fence = tonumber(ARGV[1])
if not arg_fence or arg_fence < 1 or arg_fence > 9007199254740991 or arg_fence % 1 ~= 0 then
  return { err = "ARGUMENT job.finish fence: expected a whole number from 1 to 9007199254740991" }
end
local arg_number = tonumber(ARGV[2])
if not arg_number or arg_number < 0 or arg_number > 9007199254740991 or arg_number % 1 ~= 0 then
  return { err = "ARGUMENT job.finish number: expected a whole number from 0 to 9007199254740991" }
end
local arg_state = ARGV[3]
if arg_state ~= "done" and arg_state ~= "failed" then
  return { err = "ARGUMENT job.finish state: expected one of its choices" }
end
local arg_note = ARGV[4]
if arg_note == "" then
  arg_note = nil
else
  if arg_note == "" or #arg_note > 1000 then
    return { err = "ARGUMENT job.finish note: expected 1 to 1000 bytes" }
  end
end

-- From lua/job/finish.lua:
--- Records how a run of a job ended.
do
  local job, fence, number, state, note = KEYS[1], arg_fence, arg_number, arg_state, arg_note
  local stored = redis.call("HMGET", job, "fence", "number", "state")
  local stored_state = stored[3]
  if stored_integer(stored[1], "fence") ~= fence or stored_integer(stored[2], "number") ~= number then
    return "stale"
  end
  if stored_state == "done" or stored_state == "failed" then
    return "finished"
  elseif stored_state ~= "running" then
    error({ err = "CORRUPT state" })
  end
  -- From lua/lib/now_ms.lua:
  --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
  local function now_ms()
    local clock = redis.call("TIME")
    return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
  end
  local ended = string.format("%d", now_ms())
  if note then
    redis.call("HSET", job, "state", state, "ended", ended, "note", note)
  else
    redis.call("HSET", job, "state", state, "ended", ended)
  end
  return "finished"
end
`;
