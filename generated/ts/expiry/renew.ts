// expiry.renew 1.0.0. Generated from lua/expiry/renew.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `expiry.renew`. */
export interface RenewArgs {
  /** id, 1 to 256 bytes; part of the key */
  readonly queue: string;
  /** claim, 1 to 256 bytes; part of the key */
  readonly claim: string;
  /** milliseconds, 1 to 31622400000; how long the worker has its items from now on */
  readonly leaseMs: number;
}

/**
 * Reply of `expiry.renew`.
 *
 * lost: the lease is over.
 */
export type RenewReply =
  | {
      readonly outcome: "renewed";
      /** milliseconds since 1970-01-01 UTC, 0 to 8640000000000000 */
      readonly leaseEndsMs: number;
    }
  | {
      readonly outcome: "lost";
    };

const argument = {
  leaseMs: types.ms,
};

const field = {
  outcome: choiceType(["renewed", "lost"]),
  leaseEndsMs: types.epochMs,
};

/**
 * Gives a worker's claim a new lease, from now on; one that runs longer already stays.
 *
 * @see lua/expiry/renew.lua
 */
export const renew: Script<RenewArgs, RenewReply> = {
  name: "expiry.renew",
  version: "1.0.0",
  digest: "12b685c934a9a1c61391db33fb67997509edfc1a",
  writes: true,
  resend: "safe",
  durable: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<queue>}:processing",
    "<namespace>:{<tenant>:<queue>}:claim:<claim>",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.processing(scope, args.queue),
        keys.claim(scope, args.queue, args.claim),
      ],
      args: [argument.leaseMs.encode("leaseMs", args.leaseMs)],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 2);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "renewed":
        return {
          outcome,
          leaseEndsMs: field.leaseEndsMs.decode("leaseEndsMs", fields[1]),
        };
      case "lost":
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
    "lua/lib/claim_lease.lua": { 32: 5, 33: 11, 34: 12, 35: 13, 36: 14, 38: 16 },
    "lua/expiry/renew.lua": { 41: 6, 42: 7, 43: 36, 44: 37, 45: 38, 46: 39, 48: 41, 49: 42, 51: 45, 52: 47, 53: 49, 54: 50, 56: 52, 57: 53, 58: 54 },
  },
  lua: `#!lua flags=allow-oom
-- expiry.renew 1.0.0. Generated from lua/expiry/renew.lua by moonpath-codegen. DO NOT EDIT.

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

local LEASE_MEMBER = ""
local MOST_ITEMS = 1000
local function renew(processing, held, lease_ms)
	local runs_until = claim_lease(held)
	if not runs_until then
		return "lost"
	end
	if redis.call("ZCARD", held) > MOST_ITEMS + 1 then
		corrupt("claim of more than 1000 items")
	end
	redis.call("ZCARD", processing)
	local lease_ends = math.max(runs_until, now_ms() + lease_ms)
	for _, item in ipairs(redis.call("ZRANGE", held, 0, - 1)) do
		redis.call("ZADD", processing, "XX", lease_ends, item)
	end
	redis.call("ZADD", held, lease_ends, LEASE_MEMBER)
	redis.call("PEXPIREAT", held, lease_ends)
	return "renewed", lease_ends
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT expiry.renew " .. argument .. ": expected " .. expected
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
if # KEYS ~= 2 or # ARGV ~= 1 then
	return redis.error_reply("ARGUMENT expiry.renew expected 2 keys and 1 argument")
end
local given_lease_ms = edge_integer("lease_ms", ARGV[1], 1, 31622400000)
local reply_outcome, reply_lease_ends_ms = renew(KEYS[1], KEYS[2], given_lease_ms)
return {
	reply_outcome,
	edge_absent(reply_lease_ends_ms)
}
`,
};
