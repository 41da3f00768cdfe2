// expiry.redrive 1.0.0. Generated from lua/expiry/redrive.lua by moonpath-codegen. DO NOT EDIT.
import { listType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `expiry.redrive`. */
export interface RedriveArgs {
  /** id, 1 to 256 bytes; part of the key */
  readonly queue: string;
  /** id[]; as listed by expiry.list_dead; one that is not dead is passed over */
  readonly items: readonly string[];
}

/** Reply of `expiry.redrive`. */
export interface RedriveReply {
  /** things, 0 to 1000; how many were dead */
  readonly redriven: number;
}

const argument = {
  items: listType(types.id, 1000),
};

const field = {
  redriven: types.processed,
};

/**
 * Makes dead items due again, now, as if they had never been tried.
 *
 * An item that was tracked anew meanwhile keeps the instant, and one that a worker claimed stays the worker's.
 *
 * @see lua/expiry/redrive.lua
 */
export const redrive: Script<RedriveArgs, RedriveReply> = {
  name: "expiry.redrive",
  version: "1.0.0",
  digest: "2d056a95cd25f2c1fd9ca7fbac6b520335aa0c24",
  writes: true,
  resend: "safe",
  durable: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<queue>}:due",
    "<namespace>:{<tenant>:<queue>}:processing",
    "<namespace>:{<tenant>:<queue>}:attempts",
    "<namespace>:{<tenant>:<queue>}:dead",
    "<namespace>:{<tenant>:<queue>}:dead-reason",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.due(scope, args.queue),
        keys.processing(scope, args.queue),
        keys.attempts(scope, args.queue),
        keys.dead(scope, args.queue),
        keys.deadReason(scope, args.queue),
      ],
      args: [...argument.items.encode("items", args.items)],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 1);
    return {
      redriven: field.redriven.decode("redriven", fields[0]),
    };
  },
  lines: {
    "lua/lib/now_ms.lua": { 4: 4, 5: 5, 6: 6 },
    "lua/lib/wake_worker.lua": { 9: 7, 10: 8, 11: 9, 12: 10, 13: 11 },
    "lua/expiry/redrive.lua": { 17: 50, 18: 52, 19: 53, 20: 54, 21: 55, 22: 56, 24: 59, 25: 60, 26: 61, 27: 62, 28: 63, 29: 65, 30: 67, 31: 68, 32: 69, 33: 71, 34: 72, 35: 73, 39: 77 },
  },
  lua: `#!lua
-- expiry.redrive 1.0.0. Generated from lua/expiry/redrive.lua by moonpath-codegen. DO NOT EDIT.

local function now_ms()
	local clock = redis.call("TIME")
	return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

local function wake_worker(due, due_ms)
	local earliest_due = redis.call("ZRANGE", due, 0, 0, "WITHSCORES")
	local earliest_ms = tonumber(earliest_due[2])
	if not earliest_ms or due_ms < earliest_ms then
		redis.call("PUBLISH", due, "earlier")
	end
end

local function redrive(due, processing, attempts, dead, reasons, items)
	redis.call("ZCARD", due)
	redis.call("HLEN", attempts)
	redis.call("HLEN", reasons)
	if # items == 0 then
		return 0
	end
	local now = now_ms()
	local given_up = redis.call("ZMSCORE", dead, unpack(items))
	local claimed = redis.call("ZMSCORE", processing, unpack(items))
	local redriven = 0
	wake_worker(due, now)
	for position, item in ipairs(items) do
		if given_up[position] and redis.call("ZREM", dead, item) == 1 then
			redriven = redriven + 1
			redis.call("HDEL", reasons, item)
			if not claimed[position] then
				redis.call("ZADD", due, "NX", now, item)
				redis.call("HDEL", attempts, item)
			end
		end
	end
	return redriven
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT expiry.redrive " .. argument .. ": expected " .. expected
	})
end
local edge_position = 0
local function edge_next()
	edge_position = edge_position + 1
	return ARGV[edge_position] or ""
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
local function edge_list(argument, read)
	local list = {}
	for position = 1, edge_integer(argument, edge_next(), 0, 1000) do
		list[position] = read()
	end
	return list
end
if # KEYS ~= 5 then
	return redis.error_reply("ARGUMENT expiry.redrive expected 5 keys")
end
local given_items = edge_list("items", function()
	return edge_text("items", edge_next(), 1, 256, "[%c{}]", "no control characters and no braces")
end)
if edge_position ~= # ARGV then
	return redis.error_reply("ARGUMENT expiry.redrive expected as many arguments as its lists say")
end
local reply_redriven = redrive(KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], given_items)
return {
	reply_redriven
}
`,
};
