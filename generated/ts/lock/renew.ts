// lock.renew 1.0.0. Generated from lua/lock/renew.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `lock.renew`. */
export interface RenewArgs {
  /** id, 1 to 256 bytes; part of the key */
  readonly lock: string;
  /** id, 1 to 256 bytes; as acquired */
  readonly owner: string;
  /** fence, 1 to 9007199254740991; as acquired */
  readonly fence: number;
  /** milliseconds, 1 to 31622400000; how long the lock is held from now on */
  readonly leaseMs: number;
}

/**
 * Reply of `lock.renew`.
 *
 * lost: the lease ended, whoever has the lock now.
 */
export type RenewReply =
  | {
      readonly outcome: "renewed" | "lost";
    };

const argument = {
  owner: types.id,
  fence: types.fence,
  leaseMs: types.ms,
};

const field = {
  outcome: choiceType(["renewed", "lost"]),
};

/**
 * Gives a lock's holder a new lease, from now on; one that runs longer already stays.
 *
 * @see lua/lock/renew.lua
 */
export const renew: Script<RenewArgs, RenewReply> = {
  name: "lock.renew",
  version: "1.0.0",
  digest: "e40c45a3c4d0fd811f43d9dc4d1fb42cf982bc7a",
  writes: true,
  resend: "safe",
  durable: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<lock>}:lock",
  ],
  encode(scope, args) {
    return {
      keys: [keys.lock(scope, args.lock)],
      args: [
        argument.owner.encode("owner", args.owner),
        argument.fence.encode("fence", args.fence),
        argument.leaseMs.encode("leaseMs", args.leaseMs),
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
    "lua/lib/stored_integer.lua": { 15: 4, 16: 13, 17: 14, 18: 15, 20: 17, 21: 18, 22: 19, 24: 21 },
    "lua/lock/renew.lua": { 27: 28, 28: 29, 29: 30, 30: 31, 32: 33, 33: 34 },
  },
  lua: `#!lua flags=allow-oom
-- lock.renew 1.0.0. Generated from lua/lock/renew.lua by moonpath-codegen. DO NOT EDIT.

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

local function renew(lock, owner, fence, lease_ms)
	local held = redis.call("HMGET", lock, "owner", "fence")
	if held[1] ~= owner or stored_integer(held[2], "fence") ~= fence then
		return "lost"
	end
	redis.call("PEXPIRE", lock, lease_ms, "GT")
	return "renewed"
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT lock.renew " .. argument .. ": expected " .. expected
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
if # KEYS ~= 1 or # ARGV ~= 3 then
	return redis.error_reply("ARGUMENT lock.renew expected 1 key and 3 arguments")
end
local given_owner = edge_text("owner", ARGV[1], 1, 256, "[%c{}]", "no control characters and no braces")
local given_fence = edge_integer("fence", ARGV[2], 1, 9007199254740991)
local given_lease_ms = edge_integer("lease_ms", ARGV[3], 1, 31622400000)
local reply_outcome = renew(KEYS[1], given_owner, given_fence, given_lease_ms)
return {
	reply_outcome
}
`,
};
