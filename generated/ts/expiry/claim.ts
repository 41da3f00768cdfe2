// expiry.claim 1.1.0. Generated from lua/expiry/claim.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, listType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `expiry.claim`. */
export interface ClaimArgs {
  /** id, 1 to 256 bytes; part of the key */
  readonly queue: string;
  /** claim, 1 to 256 bytes; part of the key */
  readonly claim: string;
  /** things, 1 to 1000 */
  readonly limit: number;
  /** milliseconds, 1 to 31622400000; how long the worker has the items */
  readonly leaseMs: number;
}

/**
 * Reply of `expiry.claim`.
 *
 * idle: nothing is due.
 */
export type ClaimReply =
  | {
      readonly outcome: "claimed";
      /** claimed_item[] */
      readonly items: readonly types.ClaimedItem[];
      /** milliseconds since 1970-01-01 UTC, 0 to 8640000000000000 */
      readonly leaseEndsMs: number;
    }
  | {
      readonly outcome: "idle";
      /** milliseconds since 1970-01-01 UTC, 0 to 8640000000000000; the earliest instant at which an item is due or a lease is over */
      readonly nextDueMs: number | undefined;
      /** milliseconds, 0 to 8640000000000000; from now until next_due_ms, whatever the caller's clock says */
      readonly waitMs: number | undefined;
    };

const argument = {
  limit: types.limit,
  leaseMs: types.ms,
};

const field = {
  outcome: choiceType(["claimed", "idle"]),
  items: listType(types.claimedItem, 1000),
  leaseEndsMs: types.epochMs,
  nextDueMs: optional(types.epochMs),
  waitMs: optional(types.waitMs),
};

/**
 * Hands due items to a worker, which has them until its lease ends.
 *
 * The earliest come first, by the instant at which they were due or their worker's lease was over. Nothing is lost with a worker: what it does not acknowledge within its lease is handed out again, with one more attempt.
 *
 * @see lua/expiry/claim.lua
 */
export const claim: Script<ClaimArgs, ClaimReply> = {
  name: "expiry.claim",
  version: "1.1.0",
  digest: "b1c105f28f473bb6cc4716ff689ddf586bbb5f01",
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
        argument.limit.encode("limit", args.limit),
        argument.leaseMs.encode("leaseMs", args.leaseMs),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 5);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "claimed":
        return {
          outcome,
          items: field.items.decode("items", fields[1]),
          leaseEndsMs: field.leaseEndsMs.decode("leaseEndsMs", fields[2]),
        };
      case "idle":
        return {
          outcome,
          nextDueMs: field.nextDueMs.decode("nextDueMs", fields[3]),
          waitMs: field.waitMs.decode("waitMs", fields[4]),
        };
    }
  },
  lines: {
    "lua/lib/stop.lua": { 4: 6, 5: 9, 6: 10, 7: 10 },
    "lua/lib/corrupt.lua": { 11: 7, 12: 8 },
    "lua/lib/stored_integer.lua": { 15: 4, 16: 13, 17: 14, 18: 15, 20: 17, 21: 18, 22: 19, 24: 21 },
    "lua/lib/claimed_items.lua": { 27: 9, 28: 10, 29: 11, 30: 13, 31: 14, 32: 15, 33: 15, 34: 15, 37: 17 },
    "lua/lib/earliest.lua": { 40: 7, 41: 8, 42: 9, 43: 11, 44: 12, 45: 13, 46: 14, 47: 15, 49: 17, 50: 18, 48: 16, 53: 21 },
    "lua/lib/now_ms.lua": { 56: 4, 57: 5, 58: 6 },
    "lua/expiry/claim.lua": { 61: 8, 62: 9, 63: 56, 64: 57, 65: 59, 66: 60, 67: 61, 69: 63, 70: 65, 71: 66, 72: 67, 74: 69, 76: 72, 77: 73, 78: 75, 79: 76, 80: 77, 81: 78, 82: 79, 83: 80, 84: 81, 85: 82, 86: 83, 88: 85, 89: 86, 91: 89, 92: 90, 93: 92, 94: 93, 95: 94, 96: 95, 98: 97, 99: 98, 100: 99, 101: 100 },
  },
  lua: `#!lua flags=allow-oom
-- expiry.claim 1.1.0. Generated from lua/expiry/claim.lua by moonpath-codegen. DO NOT EDIT.

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

local function claimed_items(attempts, names, more)
	local items = {}
	local counts = redis.call("HMGET", attempts, unpack(names))
	for position, name in ipairs(names) do
		local count = stored_integer(counts[position], "attempts") or 0
		items[position] = {
			item = name,
			attempts = math.max(count + more, 1)
		}
	end
	return items
end

local function earliest(one, other, limit)
	local names = {}
	local at, other_at = 1, 1
	for position = 1, math.min(limit, (# one + # other) / 2) do
		local score, other_score = tonumber(one[at + 1]), tonumber(other[other_at + 1])
		if score and (not other_score or score <= other_score) then
			names[position] = one[at]
			at = at + 2
		else
			names[position] = other[other_at]
			other_at = other_at + 2
		end
	end
	return names
end

local function now_ms()
	local clock = redis.call("TIME")
	return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

local LEASE = ""
local MOST_ITEMS = 1000
local function claim(due, processing, attempts, held, limit, lease_ms)
	local now = now_ms()
	local held_until = stored_integer(redis.call("ZSCORE", held, LEASE), "end of a claim's lease")
	if redis.call("ZCARD", held) > MOST_ITEMS + 1 then
		corrupt("claim of more than 1000 items")
	end
	if held_until then
		local names = redis.call("ZRANGE", held, 0, - 2)
		if # names == 0 then
			return "claimed", {}, held_until
		end
		return "claimed", claimed_items(attempts, names, 0), held_until
	end
	local before_now = "(" .. string.format("%.0f", now)
	local left = redis.call("ZRANGE", processing, "-inf", before_now, "BYSCORE", "LIMIT", 0, limit, "WITHSCORES")
	local ready = redis.call("ZRANGE", due, "-inf", now, "BYSCORE", "LIMIT", 0, limit, "WITHSCORES")
	local names = earliest(left, ready, limit)
	if # names == 0 then
		local next_due = redis.call("ZRANGE", due, 0, 0, "WITHSCORES")
		local next_lease = redis.call("ZRANGE", processing, 0, 0, "WITHSCORES")
		local due_ms = stored_integer(next_due[2] or false, "due")
		local lease_ends_ms = stored_integer(next_lease[2] or false, "processing")
		if due_ms and lease_ends_ms then
			due_ms = math.min(due_ms, lease_ends_ms)
		end
		local next_ms = due_ms or lease_ends_ms
		return "idle", nil, nil, next_ms, next_ms and math.max(next_ms - now, 0)
	end
	local items = claimed_items(attempts, names, 1)
	local lease_ends = now + lease_ms
	for position, claimed in ipairs(items) do
		redis.call("ZADD", processing, lease_ends, claimed.item)
		redis.call("HSET", attempts, claimed.item, claimed.attempts)
		redis.call("ZADD", held, position, claimed.item)
	end
	redis.call("ZREM", due, unpack(names))
	redis.call("ZADD", held, lease_ends, LEASE)
	redis.call("PEXPIREAT", held, lease_ends)
	return "claimed", items, lease_ends
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT expiry.claim " .. argument .. ": expected " .. expected
	})
end
local function edge_integer(argument, text, least, greatest)
	local number = # text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
	if not number or number < least or number > greatest then
		edge_refuse(argument, string.format("a whole number from %.0f to %.0f", least, greatest))
	end
	return number
end
local function edge_absent(value)
	if value == nil then
		return false
	end
	return value
end
local function edge_rows(records, fields)
	if records == nil then
		return false
	end
	local rows = {}
	for index, record in ipairs(records) do
		rows[index] = {}
		for position, field in ipairs(fields) do
			rows[index][position] = record[field]
		end
	end
	return rows
end
if # KEYS ~= 4 or # ARGV ~= 2 then
	return redis.error_reply("ARGUMENT expiry.claim expected 4 keys and 2 arguments")
end
local given_limit = edge_integer("limit", ARGV[1], 1, 1000)
local given_lease_ms = edge_integer("lease_ms", ARGV[2], 1, 31622400000)
local reply_outcome, reply_items, reply_lease_ends_ms, reply_next_due_ms, reply_wait_ms = claim(KEYS[1], KEYS[2], KEYS[3], KEYS[4], given_limit, given_lease_ms)
return {
	reply_outcome,
	edge_rows(reply_items, {
		"item",
		"attempts"
	}),
	edge_absent(reply_lease_ends_ms),
	edge_absent(reply_next_due_ms),
	edge_absent(reply_wait_ms)
}
`,
};
