// job.finish 1.0.0. Generated from lua/job/finish.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `job.finish`. */
export interface FinishArgs {
  /** id, 1 to 256 bytes; part of the key */
  readonly job: string;
  /** id, 1 to 256 bytes; as started */
  readonly run: string;
  /** `done`|`failed` */
  readonly state: "done" | "failed";
  /** note, 1 to 1000 bytes; what it did, or why it failed */
  readonly note?: string | undefined;
}

/**
 * Reply of `job.finish`.
 *
 * stale: another run has begun since, or this one never has.
 */
export type FinishReply =
  | {
      readonly outcome: "finished" | "stale";
    };

const argument = {
  run: types.id,
  state: choiceType(["done", "failed"]),
  note: optional(types.note),
};

const field = {
  outcome: choiceType(["finished", "stale"]),
};

/**
 * Notes how a run of a job ended.
 *
 * @see lua/job/finish.lua
 */
export const finish: Script<FinishArgs, FinishReply> = {
  name: "job.finish",
  version: "1.0.0",
  digest: "edf317a282ad186389a090bdae65bb9a61ef3ca6",
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
  lines: {
    "lua/lib/stop.lua": { 4: 6, 5: 9, 6: 10, 7: 10 },
    "lua/lib/corrupt.lua": { 11: 7, 12: 8 },
    "lua/lib/now_ms.lua": { 15: 4, 16: 5, 17: 6 },
    "lua/job/finish.lua": { 20: 30, 21: 31, 22: 32, 23: 33, 24: 34, 26: 36, 27: 37, 28: 38, 29: 39, 31: 41, 32: 42, 33: 43, 35: 45 },
  },
  lua: `#!lua flags=allow-oom
-- job.finish 1.0.0. Generated from lua/job/finish.lua by moonpath-codegen. DO NOT EDIT.

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

local function finish(status, run, state, note)
	local stored = redis.call("HMGET", status, "run", "state")
	local before = stored[2]
	if stored[1] ~= run then
		return "stale"
	end
	if before == "done" or before == "failed" then
		return "finished"
	elseif before ~= "running" then
		corrupt("state")
	end
	redis.call("HSET", status, "state", state, "ended", now_ms())
	if note then
		redis.call("HSET", status, "note", note)
	end
	return "finished"
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT job.finish " .. argument .. ": expected " .. expected
	})
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
local function edge_choice(argument, text, choices)
	if not choices[text] then
		edge_refuse(argument, "one of its choices")
	end
	return text
end
local function edge_optional(text, read)
	if text == "" then
		return nil
	end
	return read(text)
end
if # KEYS ~= 1 or # ARGV ~= 3 then
	return redis.error_reply("ARGUMENT job.finish expected 1 key and 3 arguments")
end
local given_run = edge_text("run", ARGV[1], 1, 256, "[%c{}]", "no control characters and no braces")
local given_state = edge_choice("state", ARGV[2], {
	["done"] = true,
	["failed"] = true
})
local given_note = edge_optional(ARGV[3], function(text)
	return edge_text("note", text, 1, 1000)
end)
local reply_outcome = finish(KEYS[1], given_run, given_state, given_note)
return {
	reply_outcome
}
`,
};
