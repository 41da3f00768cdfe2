// job.read 1.0.0. Generated from lua/job/read.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `job.read`. */
export interface ReadArgs {
  /** id, 1 to 256 bytes; part of the key */
  readonly job: string;
}

/**
 * Reply of `job.read`.
 *
 * never: it has not run yet.
 */
export type ReadReply =
  | {
      readonly outcome: "never";
    }
  | {
      readonly outcome: "running";
      /** milliseconds since 1970-01-01 UTC, 0 to 8640000000000000 */
      readonly startedMs: number;
      /** milliseconds, 0 to 8640000000000000; how long, until now where it runs */
      readonly ranMs: number;
    }
  | {
      readonly outcome: "done" | "failed";
      /** milliseconds since 1970-01-01 UTC, 0 to 8640000000000000 */
      readonly startedMs: number;
      /** milliseconds, 0 to 8640000000000000; how long, until now where it runs */
      readonly ranMs: number;
      /** note, 1 to 1000 bytes */
      readonly note: string | undefined;
    };

const field = {
  outcome: choiceType(["never", "running", "done", "failed"]),
  startedMs: types.epochMs,
  ranMs: types.waitMs,
  note: optional(types.note),
};

/**
 * Reads how a job's last run went, or that it runs.
 *
 * @see lua/job/read.lua
 */
export const read: Script<ReadArgs, ReadReply> = {
  name: "job.read",
  version: "1.0.0",
  digest: "669bf078859e6fdc089582903fa5a7bf53fa5efe",
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
  lines: {
    "lua/lib/stop.lua": { 4: 6, 5: 9, 6: 10, 7: 10 },
    "lua/lib/corrupt.lua": { 11: 7, 12: 8 },
    "lua/lib/now_ms.lua": { 15: 4, 16: 5, 17: 6 },
    "lua/lib/stored_integer.lua": { 20: 4, 21: 13, 22: 14, 23: 15, 25: 17, 26: 18, 27: 19, 29: 21 },
    "lua/job/read.lua": { 32: 24, 33: 25, 34: 26, 35: 27, 36: 28, 38: 30, 39: 31, 41: 33, 42: 34, 43: 35, 44: 36, 45: 37, 46: 38, 47: 39, 48: 40, 50: 42, 51: 43, 52: 44, 54: 46 },
  },
  lua: `#!lua flags=no-writes
-- job.read 1.0.0. Generated from lua/job/read.lua by moonpath-codegen. DO NOT EDIT.

local function stop(code, what, level)
	local _, line = pcall(error, "", level + 2)
	error({
		err = code .. " " .. what .. " at " .. string.gsub(line, ": $", "")
	})
end

local function corrupt(what, level)
	stop("CORRUPT", what, (level or 1) + 1)
end

local function now_ms()
	local clock = redis.call("TIME")
	return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

local MOST_EXACT = 9007199254740991
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

local function edge_absent(value)
	if value == nil then
		return false
	end
	return value
end
if # KEYS ~= 1 or # ARGV ~= 0 then
	return redis.error_reply("ARGUMENT job.read expected 1 key and 0 arguments")
end
local reply_outcome, reply_started_ms, reply_ran_ms, reply_note = read(KEYS[1])
return {
	reply_outcome,
	edge_absent(reply_started_ms),
	edge_absent(reply_ran_ms),
	edge_absent(reply_note)
}
`,
};
