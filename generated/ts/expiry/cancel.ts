// expiry.cancel 1.0.0. Generated from lua/expiry/cancel.lua by moonpath. DO NOT EDIT.
import { choiceType, readFields, type Script } from "../../../src/client/index.js";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `expiry.cancel`. */
export interface CancelArgs {
  /** part of the key */
  readonly set: string;
  /** id, 1 to 256 bytes */
  readonly item: string;
}

/**
 * Reply of `expiry.cancel`.
 *
 * claimed: it was due, and a worker has it; missing: it is not tracked.
 */
export type CancelReply =
  | {
      readonly outcome: "cancelled" | "claimed" | "missing";
    };

const argument = {
  item: types.id,
};

const field = {
  outcome: choiceType(["cancelled", "claimed", "missing"]),
};

/**
 * Stops tracking an item that is not yet claimed.
 *
 * @see lua/expiry/cancel.lua
 */
export const cancel: Script<CancelArgs, CancelReply> = {
  name: "expiry.cancel",
  version: "1.0.0",
  digest: "45e0d7b183c7311e26be6ef7277d57ae158a522d",
  writes: true,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<set>}:due",
    "<namespace>:{<tenant>:<set>}:processing",
    "<namespace>:{<tenant>:<set>}:attempts",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.due(scope, args.set),
        keys.processing(scope, args.set),
        keys.attempts(scope, args.set),
      ],
      args: [argument.item.encode("item", args.item)],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 1);
    const outcome = field.outcome.decode("outcome", fields[0]);
    return { outcome };
  },
  lines: {
    "lua/expiry/cancel.lua": { 4: 27, 5: 28, 6: 29, 7: 30, 8: 31, 9: 32, 11: 34, 12: 35, 14: 37, 15: 38, 16: 39, 18: 41 },
  },
  lua: `#!lua flags=allow-oom
-- expiry.cancel 1.0.0. Generated from lua/expiry/cancel.lua by moonpath. DO NOT EDIT.

local function cancel(due, processing, attempts, item)
	local claimed = redis.call("ZSCORE", processing, item)
	local tracked = redis.call("ZSCORE", due, item)
	local tried = redis.call("HEXISTS", attempts, item)
	if claimed then
		return "claimed"
	end
	if not tracked then
		return "missing"
	end
	redis.call("ZREM", due, item)
	if tried == 1 then
		redis.call("HDEL", attempts, item)
	end
	return "cancelled"
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT expiry.cancel " .. argument .. ": expected " .. expected
	})
end
local function edge_text(argument, text, least, greatest, forbidden)
	if # text < least or # text > greatest then
		edge_refuse(argument, string.format("%.0f to %.0f bytes", least, greatest))
	end
	if forbidden and string.find(text, forbidden) then
		edge_refuse(argument, "no character of " .. forbidden)
	end
	return text
end
if # KEYS ~= 3 or # ARGV ~= 1 then
	return redis.error_reply("ARGUMENT expiry.cancel expected 3 keys and 1 argument")
end
local given_item = edge_text("item", ARGV[1], 1, 256, "[%c{}]")
local reply_outcome = cancel(KEYS[1], KEYS[2], KEYS[3], given_item)
return {
	reply_outcome
}
`,
};
