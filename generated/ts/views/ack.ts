// views.ack 1.0.0. Generated from lua/views/ack.lua by moonpath. DO NOT EDIT.
import { choiceType, readFields, type Script } from "../../../src/client/index.js";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `views.ack`. */
export interface AckArgs {
  /** part of the key */
  readonly shard: string;
  /** sequence, 0 to 9007199254740991; as taken */
  readonly batch: number;
}

/**
 * Reply of `views.ack`.
 *
 * unknown: no batch of this number was ever taken.
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
  digest: "0f4a8cdf29245a1824b2857e9ff07f9f7f9c1a8d",
  writes: true,
  resend: "safe",
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
    "lua/lib/stored_integer.lua": { 15: 8, 16: 9, 17: 10, 19: 13, 20: 14, 22: 16 },
    "lua/views/ack.lua": { 25: 33, 26: 34, 27: 35, 28: 36, 30: 38, 31: 39, 33: 41 },
  },
  lua: `#!lua flags=allow-oom
-- views.ack 1.0.0. Generated from lua/views/ack.lua by moonpath. DO NOT EDIT.

local function stop(code, what, level)
	local _, line = pcall(error, "", level + 2)
	error({
		err = code .. " " .. what .. " at " .. string.gsub(line, ": $", "")
	})
end

local function corrupt(what, level)
	stop("CORRUPT", what, (level or 1) + 1)
end

local function stored_integer(value, what)
	if not value then
		return nil
	end
	if not string.find(value, "^-?%d+$") or # value > 17 then
		corrupt(what, 2)
	end
	return tonumber(value)
end

local function ack(taken, latest, batch)
	local current = stored_integer(redis.call("GET", latest), "views-sequence") or 0
	if batch > current then
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
