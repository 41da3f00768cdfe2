// idempotency.fail 1.0.0. Generated from lua/idempotency/fail.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `idempotency.fail`. */
export interface FailArgs {
  /** id, 1 to 256 bytes; part of the key */
  readonly request: string;
  /** id, 1 to 256 bytes; as begun */
  readonly owner: string;
  /** fence, 1 to 9007199254740991; as begun */
  readonly fence: number;
}

/**
 * Reply of `idempotency.fail`.
 *
 * lost: it is done, or another runner has taken over.
 */
export type FailReply =
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
 * Gives a request back unfinished, so that anybody may run it at once.
 *
 * Only for a request that had no effect. What stays is the fence, so that the next one is higher.
 *
 * @see lua/idempotency/fail.lua
 */
export const fail: Script<FailArgs, FailReply> = {
  name: "idempotency.fail",
  version: "1.0.0",
  digest: "8c82864805b70692a851cd1db5257b5ca915f299",
  writes: true,
  resend: "safe",
  durable: true,
  keyPatterns: [
    "<namespace>:{<tenant>:<request>}:request",
  ],
  encode(scope, args) {
    return {
      keys: [keys.request(scope, args.request)],
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
    "lua/idempotency/fail.lua": { 27: 29, 28: 30, 29: 31, 30: 32, 31: 33, 33: 35, 34: 36 },
  },
  lua: `#!lua flags=allow-oom
-- idempotency.fail 1.0.0. Generated from lua/idempotency/fail.lua by moonpath-codegen. DO NOT EDIT.

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

local function fail(request, owner, fence)
	local stored = redis.call("HMGET", request, "state", "owner", "fence")
	local state, runner = stored[1], stored[2]
	if runner ~= owner or stored_integer(stored[3], "fence") ~= fence or state ~= "running" then
		return "lost"
	end
	redis.call("HDEL", request, "state", "owner", "fingerprint", "lease_ends")
	return "released"
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT idempotency.fail " .. argument .. ": expected " .. expected
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
	return redis.error_reply("ARGUMENT idempotency.fail expected 1 key and 2 arguments")
end
local given_owner = edge_text("owner", ARGV[1], 1, 256, "[%c{}]", "no control characters and no braces")
local given_fence = edge_integer("fence", ARGV[2], 1, 9007199254740991)
local reply_outcome = fail(KEYS[1], given_owner, given_fence)
return {
	reply_outcome
}
`,
};
