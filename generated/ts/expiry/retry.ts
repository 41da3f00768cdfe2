// expiry.retry 2.0.0. Generated from lua/expiry/retry.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, listType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `expiry.retry`. */
export interface RetryArgs {
  /** id, 1 to 256 bytes; part of the key */
  readonly queue: string;
  /** claim, 1 to 256 bytes; part of the key */
  readonly claim: string;
  /** id[]; as claimed; one that the claim does not hold is passed over */
  readonly items: readonly string[];
  /** milliseconds, 1 to 31622400000; from now until they are due again */
  readonly delayMs: number;
  /** flag; the worker had no time for them: this claim is not counted */
  readonly untried?: boolean | undefined;
}

/**
 * Reply of `expiry.retry`.
 *
 * lost: the lease is over, and nothing is changed.
 */
export type RetryReply =
  | {
      readonly outcome: "returned" | "lost";
    };

const argument = {
  items: listType(types.id, 1000),
  delayMs: types.ms,
  untried: optional(types.flag),
};

const field = {
  outcome: choiceType(["returned", "lost"]),
};

/**
 * Gives items back that a worker could not deal with, to be due again after a while.
 *
 * Their attempts stay counted, unless nobody has tried them. A store that was down gets the time to come back.
 *
 * @see lua/expiry/retry.lua
 */
export const retry: Script<RetryArgs, RetryReply> = {
  name: "expiry.retry",
  version: "2.0.0",
  digest: "c6793ee4f72521bfd726102e31e2a65a7efbc3a5",
  writes: true,
  resend: "safe",
  durable: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<queue>}:due",
    "<namespace>:{<tenant>:<queue>}:processing",
    "<namespace>:{<tenant>:<queue>}:attempts",
    "<namespace>:{<tenant>:<queue>}:claim:<claim>",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.due(scope, args.queue),
        keys.processing(scope, args.queue),
        keys.attempts(scope, args.queue),
        keys.claim(scope, args.queue, args.claim),
      ],
      args: [
        ...argument.items.encode("items", args.items),
        argument.delayMs.encode("delayMs", args.delayMs),
        argument.untried.encode("untried", args.untried),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 1);
    const outcome = field.outcome.decode("outcome", fields[0]);
    return { outcome };
  },
  lines: {
    "lua/lib/now_ms.lua": { 4: 4, 5: 5, 6: 6 },
    "lua/lib/stop.lua": { 9: 6, 10: 9, 11: 10, 12: 10 },
    "lua/lib/corrupt.lua": { 16: 7, 17: 8 },
    "lua/lib/stored_integer.lua": { 20: 4, 21: 13, 22: 14, 23: 15, 25: 17, 26: 18, 27: 19, 29: 21 },
    "lua/lib/claim_lease.lua": { 32: 5, 33: 11, 34: 12, 35: 13, 36: 14, 38: 16 },
    "lua/lib/items_held.lua": { 41: 6, 42: 7, 43: 8, 44: 9, 46: 11, 47: 13, 48: 14, 49: 15, 52: 18 },
    "lua/lib/wake_worker.lua": { 55: 7, 56: 8, 57: 9, 58: 10, 59: 11 },
    "lua/expiry/retry.lua": { 63: 49, 64: 50, 65: 51, 67: 54, 68: 55, 69: 57, 70: 58, 71: 59, 72: 60, 73: 62, 74: 64, 75: 65, 76: 66, 77: 66, 78: 66, 82: 69, 83: 70, 85: 73, 86: 74, 87: 75, 88: 76, 90: 79, 91: 80, 93: 82 },
  },
  lua: `#!lua flags=allow-oom
-- expiry.retry 2.0.0. Generated from lua/expiry/retry.lua by moonpath-codegen. DO NOT EDIT.

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

local LEASE = ""
local function claim_lease(held)
	local lease_ends = stored_integer(redis.call("ZSCORE", held, LEASE), "end of a claim's lease")
	if lease_ends and lease_ends >= now_ms() then
		return lease_ends
	end
	return nil
end

local function items_held(held, items)
	local mine = {}
	if # items == 0 then
		return mine
	end
	local positions = redis.call("ZMSCORE", held, unpack(items))
	for index, item in ipairs(items) do
		if positions[index] then
			mine[# mine + 1] = item
		end
	end
	return mine
end

local function wake_worker(due, due_ms)
	local earliest_due = redis.call("ZRANGE", due, 0, 0, "WITHSCORES")
	local earliest_ms = tonumber(earliest_due[2])
	if not earliest_ms or due_ms < earliest_ms then
		redis.call("PUBLISH", due, "earlier")
	end
end

local function retry(due, processing, attempts, held, items, delay_ms, untried)
	if not claim_lease(held) then
		return "lost"
	end
	redis.call("ZCARD", due)
	redis.call("ZCARD", processing)
	local due_ms = now_ms() + delay_ms
	local mine = items_held(held, items)
	local uncounted = {}
	if untried and # mine > 0 then
		local counts = redis.call("HMGET", attempts, unpack(mine))
		for position, item in ipairs(mine) do
			local before = stored_integer(counts[position], "attempts") or 1
			uncounted[position] = {
				item = item,
				attempts = math.max(before - 1, 0)
			}
		end
	end
	if # mine > 0 then
		wake_worker(due, due_ms)
	end
	for _, item in ipairs(mine) do
		redis.call("ZADD", due, due_ms, item)
		redis.call("ZREM", processing, item)
		redis.call("ZREM", held, item)
	end
	for _, one in ipairs(uncounted) do
		redis.call("HSET", attempts, one.item, one.attempts)
	end
	return "returned"
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT expiry.retry " .. argument .. ": expected " .. expected
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
local function edge_flag(argument, text)
	if text ~= "1" and text ~= "0" then
		edge_refuse(argument, "1 or 0")
	end
	return text == "1"
end
local function edge_list(argument, read)
	local list = {}
	for position = 1, edge_integer(argument, edge_next(), 0, 1000) do
		list[position] = read()
	end
	return list
end
local function edge_optional(text, read)
	if text == "" then
		return nil
	end
	return read(text)
end
if # KEYS ~= 4 then
	return redis.error_reply("ARGUMENT expiry.retry expected 4 keys")
end
local given_items = edge_list("items", function()
	return edge_text("items", edge_next(), 1, 256, "[%c{}]", "no control characters and no braces")
end)
local given_delay_ms = edge_integer("delay_ms", edge_next(), 1, 31622400000)
local given_untried = edge_optional(edge_next(), function(text)
	return edge_flag("untried", text)
end)
if edge_position ~= # ARGV then
	return redis.error_reply("ARGUMENT expiry.retry expected as many arguments as its lists say")
end
local reply_outcome = retry(KEYS[1], KEYS[2], KEYS[3], KEYS[4], given_items, given_delay_ms, given_untried)
return {
	reply_outcome
}
`,
};
