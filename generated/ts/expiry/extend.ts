// expiry.extend 1.0.0. Generated from lua/expiry/extend.lua by moonpath. DO NOT EDIT.
import { choiceType, readFields, type Script } from "../../../src/client/index.js";
import * as keys from "../keys.js";
import * as types from "../types.js";

/** Arguments of `expiry.extend`. */
export interface ExtendArgs {
  /** part of the key */
  readonly set: string;
  /** id, 1 to 256 bytes */
  readonly item: string;
  /** milliseconds since 1970-01-01 UTC, 0 to 8640000000000000 */
  readonly dueMs: number;
}

/**
 * Reply of `expiry.extend`.
 *
 * claimed: it was due, and a worker has it; missing: it is not tracked.
 */
export type ExtendReply =
  | {
      readonly outcome: "extended" | "claimed" | "missing";
    };

const argument = {
  item: types.id,
  dueMs: types.epochMs,
};

const field = {
  outcome: choiceType(["extended", "claimed", "missing"]),
};

/**
 * Moves the instant at which a tracked item is due.
 *
 * @see lua/expiry/extend.lua
 */
export const extend: Script<ExtendArgs, ExtendReply> = {
  name: "expiry.extend",
  version: "1.0.0",
  digest: "3f3c819415b900ecac56a5f611192719de00704b",
  writes: true,
  resend: "safe",
  keyPatterns: [
    "<namespace>:{<tenant>:<set>}:due",
    "<namespace>:{<tenant>:<set>}:processing",
  ],
  encode(scope, args) {
    return {
      keys: [
        keys.due(scope, args.set),
        keys.processing(scope, args.set),
      ],
      args: [
        argument.item.encode("item", args.item),
        argument.dueMs.encode("dueMs", args.dueMs),
      ],
    };
  },
  decode(reply) {
    const fields = readFields(reply, 1);
    const outcome = field.outcome.decode("outcome", fields[0]);
    return { outcome };
  },
  lines: {
    "lua/expiry/extend.lua": { 4: 28, 5: 29, 6: 30, 8: 32, 9: 33, 11: 35, 12: 36 },
  },
  lua: `#!lua
-- expiry.extend 1.0.0. Generated from lua/expiry/extend.lua by moonpath. DO NOT EDIT.

local function extend(due, processing, item, due_ms)
	if redis.call("ZSCORE", processing, item) then
		return "claimed"
	end
	if not redis.call("ZSCORE", due, item) then
		return "missing"
	end
	redis.call("ZADD", due, due_ms, item)
	return "extended"
end

local function edge_refuse(argument, expected)
	error({
		err = "ARGUMENT expiry.extend " .. argument .. ": expected " .. expected
	})
end
local function edge_integer(argument, text, least, greatest)
	local number = # text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
	if not number or number < least or number > greatest then
		edge_refuse(argument, string.format("a whole number from %.0f to %.0f", least, greatest))
	end
	return number
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
if # KEYS ~= 2 or # ARGV ~= 2 then
	return redis.error_reply("ARGUMENT expiry.extend expected 2 keys and 2 arguments")
end
local given_item = edge_text("item", ARGV[1], 1, 256, "[%c{}]")
local given_due_ms = edge_integer("due_ms", ARGV[2], 0, 8640000000000000)
local reply_outcome = extend(KEYS[1], KEYS[2], given_item, given_due_ms)
return {
	reply_outcome
}
`,
};
