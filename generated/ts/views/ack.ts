// views.ack 1.0.0. Generated from lua/views/ack.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `views.ack`. */
export interface AckArgs {
  /** id, 1 to 256 bytes; part of the key */
  readonly shard: string;
  /** sequence, 0 to 9007199254740991; as taken */
  readonly batch: number;
}

/**
 * Reply of `views.ack`.
 *
 * unknown: above the latest number.
 */
export type AckReply =
  | {
      readonly outcome: "acked" | "unknown";
    };

const argument = {
  batch: types.sequence,
};

const field = {
  outcome: choiceType(["acked", "unknown"]),
};

/**
 * Tells that a batch of views is in the database, so that it is not given again.
 *
 * @see lua/views/ack.lua
 */
export const ack: Script<AckArgs, AckReply> = {
  name: "views.ack",
  version: "1.0.0",
  digest: "7ad4f28781664c4ac894fce03b37c73c909b3395",
  writes: true,
  resend: "safe",
  durable: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<shard>}:views-batch",
    "<namespace>:{<tenant>:<shard>}:views-sequence",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.viewsBatch(scope, args.shard),
        keys.viewsSequence(scope, args.shard),
      ],
      args: [argument.batch.encode("batch", args.batch)],
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
    "lua/lib/stored_integer.lua": { 15: 4, 16: 13, 17: 14, 18: 15, 20: 17, 21: 18, 22: 19, 24: 21 },
    "lua/views/ack.lua": { 27: 34, 28: 35, 29: 37, 30: 38, 31: 39, 33: 41, 34: 42, 36: 44 },
  },
  lua: `#!lua flags=allow-oom
-- views.ack 1.0.0. Generated from lua/views/ack.lua by moonpath-codegen. DO NOT EDIT.

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

local function ack(taken, latest, batch)
	local current = stored_integer(redis.call("GET", latest), "views-sequence") or 0
	redis.call("HLEN", taken)
	if batch < 1 or batch > current then
		return "unknown"
	end
	if batch == current then
		redis.call("DEL", taken)
	end
	return "acked"
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT views.ack " .. argument .. ": expected " .. expected
	})
end
local function edge_integer(argument, text, least, greatest)
	local number = # text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
	if not number or number < least or number > greatest then
		edge_refuse(argument, string.format("a whole number from %.0f to %.0f", least, greatest))
	end
	return number
end
if # KEYS ~= 2 or # ARGV ~= 1 then
	return redis.error_reply("ARGUMENT views.ack expected 2 keys and 1 argument")
end
local given_batch = edge_integer("batch", ARGV[1], 0, 9007199254740991)
local reply_outcome = ack(KEYS[1], KEYS[2], given_batch)
return {
	reply_outcome
}
`,
};
