// idempotency.complete 1.0.0. Generated from lua/idempotency/complete.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `idempotency.complete`. */
export interface CompleteArgs {
  /** id, 1 to 256 bytes; part of the key */
  readonly request: string;
  /** id, 1 to 256 bytes; as begun */
  readonly owner: string;
  /** fence, 1 to 9007199254740991; as begun */
  readonly fence: number;
  /** payload, 0 to 1048576 bytes; given back to every later begin */
  readonly reply: string;
  /** milliseconds, 1000 to 31622400000; how long the reply is kept */
  readonly rememberMs: number;
}

/**
 * Reply of `idempotency.complete`.
 *
 * lost: the record is gone, or another runner has taken over.
 */
export type CompleteReply =
  | {
      readonly outcome: "completed" | "lost";
    };

const argument = {
  owner: types.id,
  fence: types.fence,
  reply: types.payload,
  rememberMs: types.rememberMs,
};

const field = {
  outcome: choiceType(["completed", "lost"]),
};

/**
 * Records a request's reply, for everybody who asks again.
 *
 * A runner whose lease is over may still record it, as long as nobody has taken over.
 *
 * @see lua/idempotency/complete.lua
 */
export const complete: Script<CompleteArgs, CompleteReply> = {
  name: "idempotency.complete",
  version: "1.0.0",
  digest: "13dfc84d53fcbabf82bd5097b478fa0a683c4096",
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
        argument.reply.encode("reply", args.reply),
        argument.rememberMs.encode("rememberMs", args.rememberMs),
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
    "lua/idempotency/complete.lua": { 27: 32, 28: 33, 29: 34, 30: 35, 31: 36, 33: 38, 34: 39, 36: 41, 37: 42, 39: 44, 40: 45, 41: 46, 42: 47 },
  },
  lua: `#!lua flags=allow-oom
-- idempotency.complete 1.0.0. Generated from lua/idempotency/complete.lua by moonpath-codegen. DO NOT EDIT.

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

local function complete(request, owner, fence, reply, remember_ms)
	local stored = redis.call("HMGET", request, "state", "owner", "fence")
	local state, runner = stored[1], stored[2]
	if runner ~= owner or stored_integer(stored[3], "fence") ~= fence then
		return "lost"
	end
	if state == "done" then
		return "completed"
	end
	if state ~= "running" then
		corrupt("state")
	end
	redis.call("HSET", request, "state", "done", "reply", reply)
	redis.call("HDEL", request, "lease_ends")
	redis.call("PEXPIRE", request, remember_ms)
	return "completed"
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT idempotency.complete " .. argument .. ": expected " .. expected
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
if # KEYS ~= 1 or # ARGV ~= 4 then
	return redis.error_reply("ARGUMENT idempotency.complete expected 1 key and 4 arguments")
end
local given_owner = edge_text("owner", ARGV[1], 1, 256, "[%c{}]", "no control characters and no braces")
local given_fence = edge_integer("fence", ARGV[2], 1, 9007199254740991)
local given_reply = edge_text("reply", ARGV[3], 0, 1048576)
local given_remember_ms = edge_integer("remember_ms", ARGV[4], 1000, 31622400000)
local reply_outcome = complete(KEYS[1], given_owner, given_fence, given_reply, given_remember_ms)
return {
	reply_outcome
}
`,
};
