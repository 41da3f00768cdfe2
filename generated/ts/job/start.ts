// job.start 1.0.1. Generated from lua/job/start.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `job.start`. */
export interface StartArgs {
  /** id, 1 to 256 bytes; part of the key */
  readonly job: string;
  /** id, 1 to 256 bytes; names this run; a new one each time */
  readonly run: string;
  /** fence, 1 to 9007199254740991; of the lock under which the job runs */
  readonly fence: number;
}

/**
 * Reply of `job.start`.
 *
 * stale: a later holder of the lock, or a later run of the same one, has begun since.
 */
export type StartReply =
  | {
      readonly outcome: "started";
      /** milliseconds since 1970-01-01 UTC, 0 to 8640000000000000 */
      readonly startedMs: number;
    }
  | {
      readonly outcome: "stale";
    };

const argument = {
  run: types.id,
  fence: types.fence,
};

const field = {
  outcome: choiceType(["started", "stale"]),
  startedMs: types.epochMs,
};

/**
 * Notes that a run of a job begins.
 *
 * @see lua/job/start.lua
 */
export const start: Script<StartArgs, StartReply> = {
  name: "job.start",
  version: "1.0.1",
  digest: "c68386d1f1aaf913caf912db55ad8b86b8102720",
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
        argument.fence.encode("fence", args.fence),
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
  lines: {
    "lua/lib/now_ms.lua": { 4: 4, 5: 5, 6: 6 },
    "lua/lib/stop.lua": { 9: 6, 10: 9, 11: 10, 12: 10 },
    "lua/lib/corrupt.lua": { 16: 7, 17: 8 },
    "lua/lib/stored_integer.lua": { 20: 4, 21: 13, 22: 14, 23: 15, 25: 17, 26: 18, 27: 19, 29: 21 },
    "lua/job/start.lua": { 32: 32, 33: 33, 34: 34, 35: 35, 36: 36, 37: 37, 39: 39, 40: 40, 42: 42, 43: 43, 44: 44, 45: 45, 46: 46, 48: 48 },
  },
  lua: `#!lua
-- job.start 1.0.1. Generated from lua/job/start.lua by moonpath-codegen. DO NOT EDIT.

local function now_ms()
	local clock = redis.call("TIME")
	return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

local function stop(code, what, level)
	local _, line = pcall(error, "", level + 2)
	error({
		err = code .. " " .. what .. " at " .. string.gsub(line, ": $", "")
	})
end

local function corrupt(what, level)
	stop("CORRUPT", what, (level or 1) + 1)
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

local function start(status, run, fence)
	local stored = redis.call("HMGET", status, "run", "fence", "started", "previous")
	local last_fence = stored_integer(stored[2], "fence")
	local started = stored_integer(stored[3], "started")
	if (last_fence and last_fence > fence) or stored[4] == run then
		return "stale"
	end
	if stored[1] == run and started then
		return "started", started
	end
	local now = now_ms()
	redis.call("HSET", status, "run", run, "fence", fence, "state", "running", "started", now)
	redis.call("HDEL", status, "ended", "note")
	if stored[1] and stored[1] ~= run then
		redis.call("HSET", status, "previous", stored[1])
	end
	return "started", now
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT job.start " .. argument .. ": expected " .. expected
	})
end
local function edge_integer(argument, text, least, greatest)
	local number = # text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
	if not number or number < least or number > greatest then
		edge_refuse(argument, string.format("a whole number from %.0f to %.0f", least, greatest))
	end
	return number
end
local function edge_text(argument, text, least, greatest, forbidden, expected)
	if # text < least or # text > greatest then
		edge_refuse(argument, string.format("%.0f to %.0f bytes", least, greatest))
	end
	if forbidden and string.find(text, forbidden) then
		edge_refuse(argument, expected)
	end
	return text
end
local function edge_absent(value)
	if value == nil then
		return false
	end
	return value
end
if # KEYS ~= 1 or # ARGV ~= 2 then
	return redis.error_reply("ARGUMENT job.start expected 1 key and 2 arguments")
end
local given_run = edge_text("run", ARGV[1], 1, 256, "[%c{}]", "no control characters and no braces")
local given_fence = edge_integer("fence", ARGV[2], 1, 9007199254740991)
local reply_outcome, reply_started_ms = start(KEYS[1], given_run, given_fence)
return {
	reply_outcome,
	edge_absent(reply_started_ms)
}
`,
};
