// lock.acquire 1.1.1. Generated from lua/lock/acquire.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, optional, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `lock.acquire`. */
export interface AcquireArgs {
  /** id, 1 to 256 bytes; part of the key */
  readonly lock: string;
  /** id, 1 to 256 bytes; one holder, not one machine: unique for each attempt to hold the lock */
  readonly owner: string;
  /** milliseconds, 1 to 31622400000; how long the lock is held unless renewed */
  readonly leaseMs: number;
  /** flag; the caller waits for a message on the channel named like the lock, which its release sends */
  readonly waits?: boolean | undefined;
}

/** Reply of `lock.acquire`. */
export type AcquireReply =
  | {
      readonly outcome: "acquired";
      /** fence, 1 to 9007199254740991 */
      readonly fence: number;
    }
  | {
      readonly outcome: "busy";
      /** id, 1 to 256 bytes; the owner that has it */
      readonly holder: string;
      /** milliseconds, 1 to 31622400000; its lease ends then */
      readonly retryAfterMs: number;
    };

const argument = {
  owner: types.id,
  leaseMs: types.ms,
  waits: optional(types.flag),
};

const field = {
  outcome: choiceType(["acquired", "busy"]),
  fence: types.fence,
  holder: types.id,
  retryAfterMs: types.ms,
};

/**
 * Takes a lock for a while, or says who holds it and for how long.
 *
 * The fencing token rises with every grant; after a failover, as far as the servers' clocks agree. The store that the lock guards should remember the highest token it has seen and refuse writes with a lower one: then a holder that slept past its lease can do no harm.
 *
 * @see lua/lock/acquire.lua
 */
export const acquire: Script<AcquireArgs, AcquireReply> = {
  name: "lock.acquire",
  version: "1.1.1",
  digest: "f6a0d4a85b3adfa903763d7068c652c572022421",
  writes: true,
  resend: "safe",
  durable: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<lock>}:lock",
    "<namespace>:{<tenant>:<lock>}:lock-fence",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.lock(scope, args.lock),
        keys.lockFence(scope, args.lock),
      ],
      args: [
        argument.owner.encode("owner", args.owner),
        argument.leaseMs.encode("leaseMs", args.leaseMs),
        argument.waits.encode("waits", args.waits),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 4);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "acquired":
        return {
          outcome,
          fence: field.fence.decode("fence", fields[1]),
        };
      case "busy":
        return {
          outcome,
          holder: field.holder.decode("holder", fields[2]),
          retryAfterMs: field.retryAfterMs.decode("retryAfterMs", fields[3]),
        };
    }
  },
  lines: {
    "lua/lib/stop.lua": { 4: 6, 5: 9, 6: 10, 7: 10 },
    "lua/lib/corrupt.lua": { 11: 7, 12: 8 },
    "lua/lib/next_number.lua": { 15: 9, 16: 10, 17: 11, 18: 12 },
    "lua/lib/now_ms.lua": { 21: 4, 22: 5, 23: 6 },
    "lua/lib/stored_integer.lua": { 26: 4, 27: 13, 28: 14, 29: 15, 31: 17, 32: 18, 33: 19, 35: 21 },
    "lua/lock/acquire.lua": { 38: 7, 39: 50, 40: 51, 41: 52, 42: 53, 43: 54, 44: 56, 45: 57, 46: 58, 47: 59, 49: 61, 50: 62, 51: 63, 53: 65, 55: 67, 56: 68, 58: 71, 59: 72, 60: 73, 61: 74, 62: 75, 63: 76 },
  },
  lua: `#!lua
-- lock.acquire 1.1.1. Generated from lua/lock/acquire.lua by moonpath-codegen. DO NOT EDIT.

local function stop(code, what, level)
	local _, line = pcall(error, "", level + 2)
	error({
		err = code .. " " .. what .. " at " .. string.gsub(line, ": $", "")
	})
end

local function corrupt(what, level)
	stop("CORRUPT", what, (level or 1) + 1)
end

local function next_number(last)
	local clock = redis.call("TIME")
	local now_us = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
	return math.max(now_us, (last or 0) + 1)
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

local FENCE_KEPT_MS = 86400000
local function acquire(lock, last_fence, owner, lease_ms, waits)
	local held = redis.call("HMGET", lock, "owner", "fence")
	local holder = held[1]
	local fence = stored_integer(held[2], "fence")
	local last = stored_integer(redis.call("GET", last_fence), "lock-fence")
	if holder then
		local left_ms = redis.call("PTTL", lock)
		if left_ms < 0 or not fence then
			corrupt("lock without a lease or a fence")
		end
		if holder ~= owner then
			if waits then
				redis.call("HSET", lock, "waited", "yes")
			end
			return "busy", nil, holder, math.max(left_ms, 1)
		end
		redis.call("PEXPIRE", lock, lease_ms, "GT")
		return "acquired", fence
	end
	local new_fence = next_number(last)
	redis.call("HSET", lock, "owner", owner, "fence", new_fence)
	redis.call("PEXPIRE", lock, lease_ms)
	local ahead_ms = math.max(math.floor(new_fence / 1000) - now_ms(), 0)
	redis.call("SET", last_fence, new_fence, "PX", ahead_ms + FENCE_KEPT_MS)
	return "acquired", new_fence
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT lock.acquire " .. argument .. ": expected " .. expected
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
local function edge_flag(argument, text)
	if text ~= "1" and text ~= "0" then
		edge_refuse(argument, "1 or 0")
	end
	return text == "1"
end
local function edge_optional(text, read)
	if text == "" then
		return nil
	end
	return read(text)
end
local function edge_absent(value)
	if value == nil then
		return false
	end
	return value
end
if # KEYS ~= 2 or # ARGV ~= 3 then
	return redis.error_reply("ARGUMENT lock.acquire expected 2 keys and 3 arguments")
end
local given_owner = edge_text("owner", ARGV[1], 1, 256, "[%c{}]", "no control characters and no braces")
local given_lease_ms = edge_integer("lease_ms", ARGV[2], 1, 31622400000)
local given_waits = edge_optional(ARGV[3], function(text)
	return edge_flag("waits", text)
end)
local reply_outcome, reply_fence, reply_holder, reply_retry_after_ms = acquire(KEYS[1], KEYS[2], given_owner, given_lease_ms, given_waits)
return {
	reply_outcome,
	edge_absent(reply_fence),
	edge_absent(reply_holder),
	edge_absent(reply_retry_after_ms)
}
`,
};
