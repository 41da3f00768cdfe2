// idempotency.begin 1.0.1. Generated from lua/idempotency/begin.lua by moonpath-codegen. DO NOT EDIT.
import { choiceType, readFields, type Script } from "moonpath/client";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `idempotency.begin`. */
export interface BeginArgs {
  /** id, 1 to 256 bytes; part of the key */
  readonly request: string;
  /** id, 1 to 256 bytes; this runner; unique for each attempt */
  readonly owner: string;
  /** fingerprint, 1 to 128 bytes; a digest of the request's content */
  readonly fingerprint: string;
  /** milliseconds, 1 to 31622400000; how long the runner has before another may take over */
  readonly leaseMs: number;
}

/**
 * Reply of `idempotency.begin`.
 *
 * mismatch: the same name with another fingerprint.
 */
export type BeginReply =
  | {
      readonly outcome: "run";
      /** fence, 1 to 9007199254740991; write it with the effect, in the same transaction */
      readonly fence: number;
    }
  | {
      readonly outcome: "replay";
      /** payload, 0 to 1048576 bytes; as given to complete */
      readonly reply: string;
    }
  | {
      readonly outcome: "busy";
      /** milliseconds, 1 to 31622400000; the runner's lease ends then */
      readonly retryAfterMs: number;
    }
  | {
      readonly outcome: "mismatch";
    };

const argument = {
  owner: types.id,
  fingerprint: types.fingerprint,
  leaseMs: types.ms,
};

const field = {
  outcome: choiceType(["run", "replay", "busy", "mismatch"]),
  fence: types.fence,
  reply: types.payload,
  retryAfterMs: types.ms,
};

/**
 * Asks whether to run a request: run it, replay its reply, wait for who runs it, or refuse a different one.
 *
 * @see lua/idempotency/begin.lua
 */
export const begin: Script<BeginArgs, BeginReply> = {
  name: "idempotency.begin",
  version: "1.0.1",
  digest: "0bcc3821b6f4b925ee7f6df7c58e03bd72ba0753",
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
        argument.fingerprint.encode("fingerprint", args.fingerprint),
        argument.leaseMs.encode("leaseMs", args.leaseMs),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 4);
    const outcome = field.outcome.decode("outcome", fields[0]);
    switch (outcome) {
      case "run":
        return {
          outcome,
          fence: field.fence.decode("fence", fields[1]),
        };
      case "replay":
        return {
          outcome,
          reply: field.reply.decode("reply", fields[2]),
        };
      case "busy":
        return {
          outcome,
          retryAfterMs: field.retryAfterMs.decode("retryAfterMs", fields[3]),
        };
      case "mismatch":
        return {
          outcome,
        };
    }
  },
  lines: {
    "lua/lib/stop.lua": { 4: 6, 5: 9, 6: 10, 7: 10 },
    "lua/lib/corrupt.lua": { 11: 7, 12: 8 },
    "lua/lib/next_number.lua": { 15: 9, 16: 10, 17: 11, 18: 12 },
    "lua/lib/now_ms.lua": { 21: 4, 22: 5, 23: 6 },
    "lua/lib/stored_integer.lua": { 26: 4, 27: 13, 28: 14, 29: 15, 31: 17, 32: 18, 33: 19, 35: 21 },
    "lua/idempotency/begin.lua": { 38: 7, 39: 46, 40: 47, 41: 48, 42: 49, 43: 50, 44: 51, 45: 53, 46: 54, 47: 55, 49: 57, 50: 58, 51: 59, 53: 61, 55: 63, 56: 64, 58: 66, 59: 67, 62: 71, 63: 72, 64: 73, 65: 74, 66: 75, 68: 77, 69: 89, 70: 90, 71: 91 },
  },
  lua: `#!lua
-- idempotency.begin 1.0.1. Generated from lua/idempotency/begin.lua by moonpath-codegen. DO NOT EDIT.

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

local KEPT_AFTER_LEASE_MS = 86400000
local function begin(request, owner, fingerprint, lease_ms)
	local stored = redis.call("HMGET", request, "state", "owner", "fence", "fingerprint", "lease_ends", "reply")
	local state, runner, known_fingerprint, reply = stored[1], stored[2], stored[4], stored[6]
	local fence = stored_integer(stored[3], "fence")
	local lease_ends = stored_integer(stored[5], "lease_ends")
	local now = now_ms()
	if state then
		if known_fingerprint ~= fingerprint then
			return "mismatch"
		end
		if state == "done" then
			if not reply then
				corrupt("reply")
			end
			return "replay", nil, reply
		end
		if state ~= "running" or not lease_ends or not fence then
			corrupt("state")
		end
		if runner ~= owner and now < lease_ends then
			return "busy", nil, nil, lease_ends - now
		end
	end
	local new_fence = next_number(fence)
	local new_lease_ends = now + lease_ms
	if state and runner == owner then
		new_fence = fence
		new_lease_ends = math.max(new_lease_ends, lease_ends)
	end
	redis.call("HSET", request, "state", "running", "owner", owner, "fence", new_fence, "fingerprint", fingerprint)
	redis.call("HSET", request, "lease_ends", new_lease_ends)
	redis.call("PEXPIREAT", request, new_lease_ends + KEPT_AFTER_LEASE_MS)
	return "run", new_fence
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT idempotency.begin " .. argument .. ": expected " .. expected
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
local function edge_absent(value)
	if value == nil then
		return false
	end
	return value
end
if # KEYS ~= 1 or # ARGV ~= 3 then
	return redis.error_reply("ARGUMENT idempotency.begin expected 1 key and 3 arguments")
end
local given_owner = edge_text("owner", ARGV[1], 1, 256, "[%c{}]", "no control characters and no braces")
local given_fingerprint = edge_text("fingerprint", ARGV[2], 1, 128, "[%c{}]", "no control characters and no braces")
local given_lease_ms = edge_integer("lease_ms", ARGV[3], 1, 31622400000)
local reply_outcome, reply_fence, reply_reply, reply_retry_after_ms = begin(KEYS[1], given_owner, given_fingerprint, given_lease_ms)
return {
	reply_outcome,
	edge_absent(reply_fence),
	edge_absent(reply_reply),
	edge_absent(reply_retry_after_ms)
}
`,
};
