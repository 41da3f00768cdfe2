// job.finish 1.0.0. Generated from lua/job/finish.lua by moonpath-codegen. DO NOT EDIT.
import { type CallOptions, choiceType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `job.finish`. */
export interface JobFinishArgs {
  /** Part of the key. 1 to 256 bytes. */
  readonly job: string;
  /** As given to start. 1 to 256 bytes. */
  readonly run: string;
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
       * - `stale`: another run has started since, or this run never started.
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
   * - `stale`: another run has started since, or this run never started.
   *
   * Cost: O(1).
   *
   * Retry: safe. A finished run keeps its first result.
   *
   * Lua source: `lua/job/finish.lua`, version 1.0.0.
   *
   * @throws `ARGUMENT`: an argument is not of its type or outside its bounds. Nothing was written.
   * @throws `CORRUPT`: a stored value breaks its own rules. Nothing was written.
   * @throws `WRONG_TYPE`: a key holds another type of value. Nothing was written.
   * @throws `OUTCOME_UNKNOWN`: the call was sent and no answer came. The script may have run.
   * @throws `UNAVAILABLE`, `ABORTED`, `CLOSED` and the other errors that every call can end with.
   *
   * @example
   * ```ts
   * // A run ends.
   * const reply = await acme.job.finish({
   *   job: "job-1",
   *   run: "run-1",
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
  digest: "ee175357b5d5fb2d283510740b4dd11957742805",
  writes: true,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<job>}:job",
  ],
  encode(scope, args) {
    return {
      keys: [keys.job(scope, args.job)],
      args: [
        argument.run.encode("run", args.run),
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
  run: types.id,
  state: choiceType(["done", "failed"]),
  note: optional(types.note),
};

/** How each field of the reply is decoded, with its bounds. */
const field = {
  outcome: choiceType(["finished", "stale"]),
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
  "lua/job/finish.lua": {
    56: 31, 57: 31, 58: 32, 59: 33, 60: 34, 61: 35, 62: 36, 63: 37, 64: 38, 65: 39, 66: 40, 67: 41, 68: 42,
    69: 43, 70: 44, 71: 45, 72: 46, 73: 47,
  },
};

/** The exact text that Redis runs. */
const lua = `#!lua flags=allow-oom
-- job.finish 1.0.0. Generated from lua/job/finish.lua by moonpath-codegen. DO NOT EDIT.

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

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 3 then
  return { err = "ARGUMENT job.finish expected 1 key and 3 arguments" }
end
local arg_run = ARGV[1]
if arg_run == "" or #arg_run > 256 then
  return { err = "ARGUMENT job.finish run: expected 1 to 256 bytes" }
end
if string.find(arg_run, "[%c{}]") then
  return { err = "ARGUMENT job.finish run: expected no control characters and no braces" }
end
local arg_state = ARGV[2]
if arg_state ~= "done" and arg_state ~= "failed" then
  return { err = "ARGUMENT job.finish state: expected one of its choices" }
end
local arg_note = ARGV[3]
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
  local job, run, state, note = KEYS[1], arg_run, arg_state, arg_note
  local stored = redis.call("HMGET", job, "run", "state")
  local stored_state = stored[2]
  if stored[1] ~= run then
    return "stale"
  end
  if stored_state == "done" or stored_state == "failed" then
    return "finished"
  elseif stored_state ~= "running" then
    corrupt("state")
  end
  redis.call("HSET", job, "state", state, "ended", now_ms())
  if note then
    redis.call("HSET", job, "note", note)
  end
  return "finished"
end
`;
