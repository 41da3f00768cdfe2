// lock.release 1.0.1. Generated from lua/lock/release.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `lock.release`. */
export interface ReleaseArgs {
  /** id, 1 to 256 bytes; part of the key */
  readonly lock: string;
  /** id, 1 to 256 bytes; as acquired */
  readonly owner: string;
  /** fence, 1 to 9007199254740991; as acquired */
  readonly fence: number;
}

/**
 * Reply of `lock.release`.
 *
 * lost: the caller no longer held it.
 */
export type ReleaseReply =
  | {
      readonly outcome: "released" | "lost";
    };

const argument = {
  owner: types.id,
  fence: types.fence,
};

const field = {
  outcome: choiceType(["released", "lost"]),
};

/**
 * Lets go of a lock, if the caller still holds it, and wakes who waits for it.
 *
 * @see lua/lock/release.lua
 */
export const release: Script<ReleaseArgs, ReleaseReply> = {
  name: "lock.release",
  version: "1.0.1",
  digest: "de39ad5f3a79b8d9a5b78289c4cb628464596cf8",
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
    "lua/lock/release.lua": { 27: 29, 28: 30, 29: 31, 30: 32, 32: 34, 33: 35, 35: 37, 36: 38 },
  },
  lua: `#!lua flags=allow-oom
-- lock.release 1.0.1. Generated from lua/lock/release.lua by moonpath-codegen. DO NOT EDIT.

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

local function release(lock, owner, fence)
	local held = redis.call("HMGET", lock, "owner", "fence", "waited")
	if held[1] ~= owner or stored_integer(held[2], "fence") ~= fence then
		return "lost"
	end
	if held[3] then
		redis.call("PUBLISH", lock, "released")
	end
	redis.call("DEL", lock)
	return "released"
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT lock.release " .. argument .. ": expected " .. expected
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
if # KEYS ~= 1 or # ARGV ~= 2 then
	return redis.error_reply("ARGUMENT lock.release expected 1 key and 2 arguments")
end
local given_owner = edge_text("owner", ARGV[1], 1, 256, "[%c{}]", "no control characters and no braces")
local given_fence = edge_integer("fence", ARGV[2], 1, 9007199254740991)
local reply_outcome = release(KEYS[1], given_owner, given_fence)
return {
	reply_outcome
}
`,
};
